package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.limit.Rate;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What reconciliations may cost: nobody can have more of them read, held or answered than there
/// may be (K11).
class ReconciliationsTest {

  private static void write(MemoryRelay relay, int count) {
    TestLink writer = relay.link();
    for (int index = 0; index < count; index++) {
      publish(writer, event(key(1), 1, "n" + index));
    }
  }

  private static String open(String id) {
    return "[\"NEG-OPEN\",\"" + id + "\",{},\"61\"]";
  }

  private static String answer(String id) {
    return "[\"NEG-MSG\",\"" + id + "\",\"61\"]";
  }

  @Test
  void aNameThatIsOpenedAgainAndAgainIsNotReadForEachTime() {
    MemoryRelay relay = new MemoryRelay();
    write(relay, 3);
    TestLink client = relay.link();
    relay.readers.hold();
    for (int again = 0; again < 50; again++) {
      client.say(open("n"));
    }
    assertThat(relay.readers.waiting()).isLessThanOrEqualTo(8);
    assertThat(client.heard())
        .isNotEmpty()
        .allMatch(frame -> frame.startsWith("[\"NEG-ERR\",\"n\",\"blocked: "));
    relay.readers.release();
    client.heard();
    client.say(open("n"));
    assertThat(client.heard()).containsExactly(answer("n"));
  }

  @Test
  void oneThatIsClosedOrLeftIsReadNoFurther() {
    MemoryRelay relay = new MemoryRelay();
    write(relay, 501);
    TestLink client = relay.link();
    relay.readers.hold();
    client.say(open("closed")).say("[\"NEG-CLOSE\",\"closed\"]").say(open("left"));
    client.leave();
    assertThat(relay.readers.waiting()).isEqualTo(2);
    relay.readers.step();
    relay.readers.step();
    assertThat(relay.readers.waiting()).as("second pages").isZero();
  }

  @Test
  void allTogetherHoldNoMoreRecordsThanTheRelayHasRoomFor() {
    MemoryRelay relay = new MemoryRelay(Map.of("reconcileMax", 10, "reconciledRecordsMax", 10));
    write(relay, 6);
    TestLink one = relay.link().say(open("a"));
    assertThat(one.heard()).containsExactly(answer("a"));
    TestLink other = relay.link().say(open("b"));
    assertThat(other.heard())
        .singleElement()
        .asString()
        .contains("\"NEG-ERR\",\"b\",\"rate-limited: ");
    one.say("[\"NEG-CLOSE\",\"a\"]");
    assertThat(other.say(open("b")).heard()).containsExactly(answer("b"));
    other.leave();
    assertThat(one.say(open("a")).heard()).containsExactly(answer("a"));
    one.say(open("a")).say(open("a"));
    assertThat(one.heard()).containsExactly(answer("a"), answer("a"));
  }

  @Test
  void oneThatWaitsForItsClientForLongIsClosed() {
    MemoryRelay relay = new MemoryRelay();
    TestLink client = relay.link().say(open("n")).say(answer("n"));
    assertThat(client.heard()).containsExactly(answer("n"), answer("n"));
    client.pass();
    assertThat(client.heard())
        .containsExactly(
            "[\"NEG-ERR\",\"n\",\"closed: no message for 120 seconds; open it again\"]");
    client.say(answer("n"));
    assertThat(client.heard()).singleElement().asString().contains("closed: no such");
  }

  @Test
  void aMessageBeforeTheAnswerToTheOneBeforeEndsIt() {
    MemoryRelay relay = new MemoryRelay();
    TestLink client = relay.link();
    relay.verifiers.hold();
    client.say(open("n")).say(answer("n")).say(answer("n"));
    assertThat(client.heard()).element(0).asString().contains("\"n\",\"invalid: ");
    assertThat(relay.verifiers.waiting()).isEqualTo(1);
    relay.verifiers.release();
    assertThat(client.heard()).isEmpty();
  }

  @Test
  void messagesAreAskedForTheRateOfRequests() {
    MemoryRelay relay = new MemoryRelay(Map.of("requests", new Rate(1, 2)));
    TestLink client = relay.link().say(open("n")).say(answer("n"));
    assertThat(client.heard()).containsExactly(answer("n"), answer("n"));
    client.say(answer("n"));
    assertThat(client.heard()).singleElement().asString().contains("\"n\",\"rate-limited: ");
  }
}
