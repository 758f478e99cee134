package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.SecretKey;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What waits for a verifier or the disk has a bound in bytes, over all connections, and leaves
/// room behind whatever becomes of it.
class WaitingPublicationsTest {

  private static final SecretKey ANN = key(1);
  private static final String NO_ROOM =
      "false,\"rate-limited: more events wait than the relay has room for\"]";

  /// Room for two events of 10,000 characters.
  private static final Map<String, Object> TWO = Map.of("waitingBytesMax", 50_000L);

  /// Room for one.
  private static final Map<String, Object> ONE = Map.of("waitingBytesMax", 25_000L);

  private int written;

  private Event large() {
    return event(ANN, 1, written++ + "x".repeat(10_000));
  }

  private static void say(TestLink link, Event event) {
    link.say("[\"EVENT\"," + event.json() + "]");
  }

  private static void hears(TestLink link, Event event, String answer) {
    assertThat(link.heard()).containsExactly("[\"OK\",\"" + event.id() + "\"," + answer);
  }

  @Test
  void theRoomIsSharedByAllConnectionsAndNoneTakesItAlone() {
    MemoryRelay relay = new MemoryRelay(TWO);
    TestLink greedy = relay.link();
    TestLink modest = relay.link();
    TestLink late = relay.link();
    Event first = large();
    Event second = large();
    Event third = large();
    Event fourth = large();
    relay.verifiers.hold();
    say(greedy, first);
    say(greedy, second);
    hears(greedy, second, NO_ROOM);
    say(modest, third);
    say(late, fourth);
    hears(late, fourth, NO_ROOM);
    assertThat(modest.heard()).isEmpty();
    relay.verifiers.release();
    hears(greedy, first, "true,\"\"]");
    hears(modest, third, "true,\"\"]");
    publish(greedy, second, fourth);
  }

  @Test
  void whatAConnectionLeavesBehindMakesRoomOnceItIsDone() {
    MemoryRelay relay = new MemoryRelay(ONE);
    TestLink gone = relay.link();
    relay.verifiers.hold();
    say(gone, large());
    gone.leave();
    TestLink next = relay.link();
    Event refused = large();
    say(next, refused);
    hears(next, refused, NO_ROOM);
    relay.verifiers.release();
    publish(next, refused);
    assertThat(relay.store.lastMarkedId()).isEqualTo(2);
  }

  @Test
  void whatIsRefusedOrNotUnderstoodMakesRoom() {
    MemoryRelay relay = new MemoryRelay(ONE);
    TestLink link = relay.link();
    String malformed = "[\"EVENT\",{\"content\":\"" + "x".repeat(10_000) + "\"}]";
    String unverified = "[\"EVENT\"," + large().json().replace("xx", "xy") + "]";
    for (String text : new String[] {malformed, unverified, malformed, unverified}) {
      assertThat(link.say(text).heard()).singleElement().asString().contains("invalid: ");
    }
    publish(link, large());
  }

  @Test
  void whatABugBreaksMakesRoom() {
    IllegalStateException bug = new IllegalStateException("broken");
    WritePolicy broken =
        (event, sender) -> {
          if (event.kind() == 7) {
            throw bug;
          }
          return WritePolicy.NONE.judge(event, sender);
        };
    NostrGuards guards = new NostrGuards(broken, NostrQuota.NONE, Optional.empty());
    MemoryRelay relay = new MemoryRelay(ONE, guards, Identities.PLAIN);
    relay.whenAway = bug;
    TestLink link = relay.link();
    say(link, event(ANN, 7, "x".repeat(10_000)));
    assertThat(link.heard()).last().asString().isEqualTo("closed 1011");
    publish(relay.link(), large());
  }
}
