package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.answer;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Every EVENT has its OK, also while the database is away, and none waits for ever; a REQ is
/// closed for its own failure and for no other's.
class UnansweredTest {

  private static final SecretKey ANN = key(1);
  private static final String AWAY = "false,\"error: the relay's database is away; publish again\"";

  @Test
  void aDeletionWhileTheDatabaseIsAwayIsAnsweredByItsId() {
    MemoryRelay relay = new MemoryRelay();
    TestLink link = relay.link();
    Event note = event(ANN, 1, "one");
    publish(link, note);
    Event deletion = event(ANN, 5, "", Tag.of("e", note.id().hex()));
    relay.isAway = true;
    assertThat(answer(link, deletion)).isEqualTo(AWAY);
    relay.isAway = false;
    assertThat(answer(link, deletion)).startsWith("true");
  }

  @Test
  void anEventWhoseAuthorsQuotaCannotBeCountedIsAnsweredByItsId() {
    NostrGuards few = new NostrGuards(WritePolicy.NONE, new NostrQuota(10, 0), Optional.empty());
    MemoryRelay relay = new MemoryRelay(Map.of(), few, Identities.PLAIN);
    TestLink link = relay.link();
    Event note = event(ANN, 1, "one");
    relay.isAway = true;
    assertThat(answer(link, note)).isEqualTo(AWAY);
    relay.isAway = false;
    assertThat(answer(link, note)).startsWith("true");
  }

  @Test
  void anEphemeralEventWhoseReadersCannotBeAskedIsAnsweredAndWaitsNoMore() {
    MemoryRelay relay = new MemoryRelay(Map.of("waitingEventsMax", 1));
    TestLink link = relay.link();
    TestLink listener = relay.link(key(2)).say("[\"REQ\",\"s\",{}]");
    listener.heard();
    relay.isAway = true;
    Event shown =
        event(
            ANN,
            20_001,
            "",
            Tag.of("proxy", "http://x/", "web"),
            Tag.of("scope", "chat:c", "Message", "m"));
    assertThat(answer(link, shown)).isEqualTo(AWAY);
    relay.isAway = false;
    assertThat(answer(link, event(ANN, 1, "the next"))).startsWith("true");
  }

  @Test
  void aRequestIsNotClosedWhenWhatItTookThePlaceOfFails() {
    MemoryRelay relay = new MemoryRelay();
    TestLink link = relay.link();
    relay.readers.hold();
    relay.isAway = true;
    link.say("[\"REQ\",\"a\",{}]");
    relay.isAway = false;
    link.say("[\"REQ\",\"a\",{}]");
    relay.readers.release();
    assertThat(link.heard()).containsExactly("[\"EOSE\",\"a\"]");
    Event note = event(ANN, 1, "one");
    publish(relay.link(), note);
    assertThat(link.heard()).containsExactly("[\"EVENT\",\"a\"," + note.json() + "]");
  }

  @Test
  void aRequestThatFailsIsClosedOnceAndOneThatWasTakenBackIsNotAnswered() {
    MemoryRelay relay = new MemoryRelay();
    TestLink link = relay.link();
    relay.isAway = true;
    link.say("[\"REQ\",\"a\",{}]");
    assertThat(link.heard()).singleElement().asString().startsWith("[\"CLOSED\",\"a\",\"error: ");
    relay.readers.hold();
    link.say("[\"REQ\",\"a\",{}]").say("[\"CLOSE\",\"a\"]");
    relay.readers.release();
    assertThat(link.heard()).isEmpty();
  }
}
