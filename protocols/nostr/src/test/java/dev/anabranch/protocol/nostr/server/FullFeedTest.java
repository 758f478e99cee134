package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.answer;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What waits for the feed's thread is bounded, and nobody misses an event for it (K5, K11).
class FullFeedTest {

  private static final SecretKey ANN = key(1);

  private int written;

  private List<String> write(MemoryRelay relay, int count) {
    return write(relay, count, "");
  }

  private List<String> write(MemoryRelay relay, int count, String more) {
    List<String> told = new ArrayList<>();
    TestLink writer = relay.link();
    for (int index = 0; index < count; index++) {
      Event event = event(ANN, 1, "n" + written++ + more);
      publish(writer, event);
      told.add("[\"EVENT\",\"s\"," + event.json() + "]");
    }
    return told;
  }

  private static TestLink listener(MemoryRelay relay) {
    TestLink link = relay.link().say("[\"REQ\",\"s\",{}]");
    assertThat(link.heard()).containsExactly("[\"EOSE\",\"s\"]");
    return link;
  }

  @Test
  void whatTheQueueHasNoRoomForIsReadOnceAndInTheLogsOrder() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedEventsMax", 3));
    TestLink reader = listener(relay);
    relay.feed.hold();
    List<String> told = write(relay, 20);
    assertThat(relay.feed.waiting()).isEqualTo(3 + 1); // and the word that there is more to read
    assertThat(reader.heard()).isEmpty();
    relay.feed.release();
    assertThat(reader.heard()).isEqualTo(told);
    assertThat(write(relay, 5)).isEqualTo(reader.heard());
  }

  @Test
  void theBytesOfTheQueueAreBoundedToo() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedBytesMax", 35_000L));
    TestLink reader = listener(relay);
    relay.feed.hold();
    List<String> told = write(relay, 8, "x".repeat(10_000));
    assertThat(relay.feed.waiting()).isEqualTo(3 + 1); // three are of some 31,500 bytes
    relay.feed.release();
    assertThat(reader.heard()).isEqualTo(told);
  }

  @Test
  void whatIsNewDoesNotOvertakeWhatHasToBeRead() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedEventsMax", 2));
    TestLink reader = listener(relay);
    relay.feed.hold();
    List<String> told = write(relay, 3);
    relay.feed.step();
    told.addAll(write(relay, 1));
    assertThat(relay.feed.waiting()).isEqualTo(2); // there is room again, but not for this one yet
    relay.feed.release();
    assertThat(reader.heard()).isEqualTo(told);
  }

  @Test
  void whatFoundNoRoomWhileTheStoreIsAwayIsToldWithWhatComesNext() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedEventsMax", 1));
    TestLink reader = listener(relay);
    relay.feed.hold();
    List<String> told = write(relay, 3);
    relay.isAway = true;
    relay.feed.release();
    relay.isAway = false;
    assertThat(reader.heard()).isEqualTo(told.subList(0, 1));
    told.addAll(write(relay, 1));
    assertThat(reader.heard()).isEqualTo(told.subList(1, 4));
  }

  @Test
  void whatCouldNotBeReadIsReadAfterAMomentThoughNobodyWritesMore() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedEventsMax", 1));
    TestLink reader = listener(relay);
    relay.feed.hold();
    List<String> told = write(relay, 3);
    relay.isAway = true;
    relay.feed.release();
    assertThat(reader.heard()).isEqualTo(told.subList(0, 1));
    assertThat(relay.later).hasSize(1);
    relay.elapse();
    assertThat(reader.heard()).isEmpty();
    assertThat(relay.later).hasSize(1);
    relay.isAway = false;
    relay.elapse();
    assertThat(reader.heard()).isEqualTo(told.subList(1, 3));
    assertThat(relay.later).isEmpty();
  }

  @Test
  void whatBrokeWhileItWasReadIsToldBeforeWhatComesNext() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedEventsMax", 1));
    TestLink reader = listener(relay);
    relay.feed.hold();
    List<String> told = write(relay, 3);
    relay.isAway = true;
    relay.whenAway = new IllegalStateException("broken");
    relay.feed.release();
    relay.isAway = false;
    told.addAll(write(relay, 1));
    assertThat(reader.heard()).isEqualTo(told);
  }

  @Test
  void anEventOnWhichTheTellingBreaksAgainAndAgainKeepsTheOthersForAWhileOnly() {
    MemoryRelay relay = new MemoryRelay();
    relay.grant(new ScopeName("chat:c"), ANN.publicKey().hex(), Right.WRITE);
    TestLink reader = listener(relay);
    relay.feed.hold();
    TestLink writer = relay.link();
    publish(writer, event(ANN, 1, "of a chat whose rights cannot be asked", Tag.of("h", "c")));
    List<String> told = write(relay, 2);
    relay.isKernelAway = true;
    relay.whenAway = new IllegalStateException("broken");
    relay.feed.release();
    for (int again = 0; again < 10; again++) {
      relay.elapse();
      assertThat(reader.heard()).isEmpty();
    }
    relay.elapse();
    assertThat(reader.heard()).isEqualTo(told);
    assertThat(relay.later).isEmpty();
  }

  @Test
  void ephemeralEventsAreRefusedWhileTheQueueIsFull() {
    MemoryRelay relay = new MemoryRelay(Map.of("feedEventsMax", 2));
    TestLink reader = listener(relay);
    TestLink writer = relay.link();
    relay.feed.hold();
    assertThat(answer(writer, event(ANN, 20_001, "a"))).isEqualTo("none");
    assertThat(answer(writer, event(ANN, 20_001, "b"))).isEqualTo("none");
    assertThat(answer(writer, event(ANN, 20_001, "c"))).startsWith("false,\"error: ");
    relay.feed.release();
    assertThat(reader.heard()).hasSize(2);
    assertThat(answer(writer, event(ANN, 20_001, "d"))).startsWith("true");
    assertThat(reader.heard()).hasSize(1);
  }
}
