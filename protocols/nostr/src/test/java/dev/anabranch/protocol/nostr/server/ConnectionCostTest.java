package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What one connection can cost, whatever it says.
class ConnectionCostTest {

  private static String count(int number) {
    return "[\"COUNT\",\"c" + number + "\",{}]";
  }

  private static Event authentication(TestLink link) {
    return event(
        key(1),
        22_242,
        "",
        Tag.of("relay", "ws://127.0.0.1/"),
        Tag.of("challenge", link.challenge()));
  }

  @Test
  void aFewCountsRunAndTheOthersWaitForTheirTurn() {
    MemoryRelay relay = new MemoryRelay();
    publish(relay.link(), event(key(1), 1, "one"));
    TestLink client = relay.link();
    relay.readers.hold();
    for (int number = 0; number < 64; number++) {
      client.say(count(number));
    }
    assertThat(relay.readers.waiting()).isEqualTo(4);
    assertThat(client.heard()).isEmpty();
    client.say(count(64));
    assertThat(client.heard())
        .singleElement()
        .asString()
        .contains("\"CLOSED\",\"c64\",\"blocked: ");
    relay.readers.release();
    assertThat(client.heard()).hasSize(64).allMatch(frame -> frame.endsWith("{\"count\":1}]"));
  }

  @Test
  void countsEndWithTheirConnection() {
    MemoryRelay relay = new MemoryRelay();
    TestLink writer = relay.link();
    for (int index = 0; index < 501; index++) {
      publish(writer, event(key(1), 1, "n" + index));
    }
    TestLink client = relay.link();
    relay.readers.hold();
    for (int number = 0; number < 10; number++) {
      client.say(count(number));
    }
    client.leave();
    for (int running = 0; running < 4; running++) {
      relay.readers.step();
    }
    assertThat(relay.readers.waiting()).as("second pages, and those that waited").isZero();
  }

  @Test
  void whoSaysMoreThanAnybodyDoesIsCutOffWhateverItIs() {
    MemoryRelay relay = new MemoryRelay(Map.of("frames", new Rate(1, 3)));
    TestLink client =
        relay.link().say("[\"CLOSE\",\"x\"]").say("nonsense").say("[\"CLOSE\",\"x\"]");
    assertThat(client.heard()).hasSize(1);
    client.say("[\"CLOSE\",\"x\"]");
    assertThat(client.heard())
        .containsExactly(
            "[\"NOTICE\",\"rate-limited: more messages than a connection may send\"]",
            "closed 1008");
  }

  @Test
  void theConnectionsOfAnAddressShareARateOfRequests() {
    MemoryRelay relay = new MemoryRelay(Map.of("addressRequests", new Rate(1, 2)));
    assertThat(relay.link().say(count(1)).say(count(2)).heard())
        .allMatch(frame -> frame.startsWith("[\"COUNT\""));
    assertThat(relay.link().say(count(3)).heard())
        .containsExactly("[\"CLOSED\",\"c3\",\"rate-limited: slow down\"]");
  }

  @Test
  void anAuthenticationIsVerifiedWhereEventsAreAndWhatFollowsWaitsForIt() {
    MemoryRelay relay = new MemoryRelay();
    TestLink client = relay.link();
    Event who = authentication(client);
    relay.verifiers.hold();
    client.say("[\"AUTH\"," + who.json() + "]").say("[\"REQ\",\"s\",{\"kinds\":[4]}]");
    assertThat(client.heard()).isEmpty();
    relay.verifiers.release();
    assertThat(client.heard())
        .containsExactly("[\"OK\",\"" + who.id() + "\",true,\"\"]", "[\"EOSE\",\"s\"]");
  }

  @Test
  void authenticationsAreAskedForTheRateOfEvents() {
    MemoryRelay relay = new MemoryRelay(Map.of("connection", new Rate(1, 1)));
    TestLink client = relay.link();
    Event who = authentication(client);
    client.say("[\"AUTH\"," + who.json() + "]").say("[\"AUTH\"," + who.json() + "]");
    assertThat(client.heard())
        .containsExactly(
            "[\"OK\",\"" + who.id() + "\",true,\"\"]",
            "[\"OK\",\"" + who.id() + "\",false,\"rate-limited: slow down\"]");
  }
}
