package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Subscriptions of one socket that fall behind together share its room, and each gets on (K5,
/// K11).
class CatchUpTurnsTest {

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);
  private static final int ROOM = 5;

  private final MemoryRelay relay = new MemoryRelay();
  private final TestLink writer = relay.link();
  private final TestLink reader = relay.link();
  private final List<String> written = new ArrayList<>();
  private int others;

  private void ask(String... subscriptions) {
    for (String name : subscriptions) {
      reader.say("[\"REQ\",\"" + name + "\",{}]");
    }
    assertThat(reader.heard()).hasSize(subscriptions.length);
  }

  private void write(int count) {
    for (int index = 0; index < count; index++) {
      Event event = event(ANN, 1, "n" + written.size());
      publish(writer, event);
      written.add(event.json());
    }
  }

  private static List<String> of(String subscription, List<String> heard) {
    String opening = "[\"EVENT\",\"" + subscription + "\",";
    return heard.stream()
        .filter(frame -> frame.startsWith(opening))
        .map(frame -> frame.substring(opening.length(), frame.length() - 1))
        .toList();
  }

  @Test
  void noMoreIsSentThanTheSocketHasRoomForAndEachHearsAllOnceInOrder() {
    ask("a", "b", "c");
    reader.fill();
    write(20);
    List<String> heard = new ArrayList<>();
    for (int round = 0; round < 3 * 20 / ROOM; round++) {
      reader.drain(ROOM);
      List<String> some = reader.heard();
      assertThat(some).hasSize(ROOM);
      heard.addAll(some);
      if (round == 3) { // the first began before the others stood behind it
        assertThat(List.of("a", "b", "c"))
            .as("each had its turn")
            .allSatisfy(name -> assertThat(of(name, heard)).hasSizeGreaterThanOrEqualTo(ROOM));
      }
    }
    for (String name : List.of("a", "b", "c")) {
      assertThat(of(name, heard)).isEqualTo(written);
    }
    reader.drain();
    assertThat(reader.heard()).isEmpty();
    write(1);
    assertThat(reader.heard()).hasSize(3);
  }

  @Test
  void oneReadsAtATime() {
    ask("a", "b", "c");
    reader.fill();
    write(2);
    relay.readers.hold();
    reader.drain();
    assertThat(relay.readers.waiting()).isEqualTo(1);
    relay.readers.release();
    List<String> heard = reader.heard();
    for (String name : List.of("a", "b", "c")) {
      assertThat(of(name, heard)).isEqualTo(written);
    }
  }

  @Test
  void whatIsReadWhileTheRoomGoesIsSentWhenThereIsSomeAgain() {
    ask("a", "b");
    reader.fill();
    write(3);
    relay.readers.hold();
    reader.drain();
    reader.fill();
    relay.readers.release();
    assertThat(reader.heard()).isEmpty();
    write(1);
    reader.drain();
    List<String> heard = reader.heard();
    assertThat(of("a", heard)).isEqualTo(written);
    assertThat(of("b", heard)).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c"})
  void whoEndsInItsTurnLeavesItToTheOthers(String left) {
    ask("a", "b", "c");
    reader.fill();
    write(2);
    relay.readers.hold();
    reader.drain();
    for (String name : List.of("a", "b", "c")) {
      if (!name.equals(left)) {
        reader.say("[\"CLOSE\",\"" + name + "\"]");
      }
    }
    relay.readers.release();
    List<String> heard = reader.heard();
    assertThat(heard).hasSize(2);
    assertThat(of(left, heard)).isEqualTo(written);
  }

  @Test
  void whoseReadingFailsLeavesItsTurnToTheOthers() {
    ask("a", "b", "c");
    reader.fill();
    write(2);
    relay.readers.hold();
    relay.isAway = true;
    reader.drain();
    relay.isAway = false;
    relay.readers.release();
    assertThat(reader.heard())
        .hasSize(1 + 2 * 2)
        .filteredOn(frame -> frame.startsWith("[\"CLOSED\","))
        .hasSize(1);
  }

  // From where.

  private static String by(SecretKey author) {
    return "[\"REQ\",\"s\",{\"authors\":[\"" + author.publicKey() + "\"]}]";
  }

  private long say(SecretKey author, int kind, String content) {
    publish(writer, event(author, kind, content));
    return relay.engine.lastMarkedId();
  }

  private void others(int count) {
    for (int index = 0; index < count; index++) {
      say(BOB, 1, "another's " + others++);
    }
  }

  @Test
  void whoHeardNothingForLongReadsFromTheFirstThatItMissed() {
    reader.say(by(ANN)).heard();
    others(3);
    reader.fill();
    others(3);
    long first = say(ANN, 1, "first");
    others(3);
    say(ANN, 1, "second");
    reader.drain();
    assertThat(of("s", reader.heard())).hasSize(2);
    assertThat(relay.readAfter).containsExactly(first - 1);
    others(3);
    reader.fill();
    long third = say(ANN, 1, "third");
    reader.drain();
    assertThat(of("s", reader.heard())).hasSize(1);
    assertThat(relay.readAfter).containsExactly(first - 1, third - 1);
  }

  @Test
  void anEphemeralEventThatIsMissedIsNowhereToBeRead() {
    reader.say(by(ANN)).heard();
    others(3);
    reader.fill();
    say(ANN, 20_001, "typing");
    others(3);
    long first = say(ANN, 1, "first");
    reader.drain();
    assertThat(of("s", reader.heard())).hasSize(1);
    assertThat(relay.readAfter).containsExactly(first - 1);
  }

  @Test
  void whatCameWhileTheStoredEventsWaitedIsReadFromTheFirstOfIt() {
    MemoryRelay few = new MemoryRelay(Map.of("waitingLiveMax", 1));
    TestLink anns = few.link();
    TestLink slow = few.link();
    slow.fill();
    slow.say(by(ANN));
    publish(anns, event(BOB, 1, "1"), event(BOB, 1, "2"));
    publish(anns, event(ANN, 1, "1"));
    long first = few.engine.lastMarkedId();
    publish(anns, event(BOB, 1, "3"), event(ANN, 1, "2"), event(ANN, 1, "3"));
    slow.drain();
    assertThat(of("s", slow.heard())).hasSize(3).doesNotHaveDuplicates();
    assertThat(few.readAfter).containsExactly(first - 1);
  }
}
