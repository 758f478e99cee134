package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.NOW;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What waits for a socket is looked at again before it is sent (K8, NIP-40).
class WaitingEventsTest {

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);
  private static final ScopeName CHAT = new ScopeName("chat:c");
  private static final String EOSE = "[\"EOSE\",\"s\"]";

  private final MemoryRelay relay = new MemoryRelay(Map.of("waitingLiveMax", 2));
  private final TestLink writer = relay.link();

  private static Event expiring() {
    return event(ANN, 1, "for a moment", Tag.of("expiration", Long.toString(NOW + 10)));
  }

  private static Event shown(String content) {
    return event(
        ANN,
        1,
        content,
        Tag.of("proxy", "http://x/", "web"),
        Tag.of("scope", CHAT.text(), "Message", "m"));
  }

  /// Ann is banned; what Bob wrote stays.
  private static NostrAccess banned() {
    NostrAccess open = NostrAccess.OPEN;
    return new NostrAccess(
        open.writers(),
        open.readers(),
        open.members(),
        Set.of(ANN.publicKey()),
        open.bannedEvents(),
        open.bannedEntities(),
        open.kinds(),
        open.bannedKinds(),
        open.rules(),
        open.allowed(),
        open.blocked());
  }

  private static String told(Event event) {
    return "[\"EVENT\",\"s\"," + event.json() + "]";
  }

  /// A subscription whose page of stored events is here, and whose socket takes nothing.
  private TestLink full() {
    TestLink reader = relay.link(BOB);
    relay.readers.hold();
    reader.say("[\"REQ\",\"s\",{}]");
    reader.fill();
    relay.readers.release();
    assertThat(reader.heard()).isEmpty();
    return reader;
  }

  @Test
  void storedEventsThatExpireOrAreBannedMeanwhileAreNotSent() {
    Event kept = event(BOB, 1, "kept");
    publish(writer, expiring(), event(ANN, 1, "banned"), kept);
    TestLink reader = full();
    relay.nowSeconds += 100;
    relay.access = banned();
    reader.drain();
    assertThat(reader.heard()).containsExactly(told(kept), EOSE);
  }

  @Test
  void storedEventsWhoseReaderIsRevokedMeanwhileAreNotSent() {
    relay.grant(CHAT, ANN.publicKey().hex(), Right.WRITE);
    relay.grant(CHAT, BOB.publicKey().hex(), Right.READ);
    Event plain = event(ANN, 1, "plain");
    publish(writer, shown("secret"), plain);
    TestLink reader = full();
    relay.grant(CHAT, BOB.publicKey().hex(), Right.NONE);
    reader.drain();
    assertThat(reader.heard()).containsExactly(told(plain), EOSE);
  }

  @Test
  void liveEventsThatWaitForTheStoredOnesAreLookedAtAgainToo() {
    Event stored = event(ANN, 1, "stored");
    publish(writer, stored);
    relay.grant(CHAT, ANN.publicKey().hex(), Right.WRITE);
    relay.grant(CHAT, BOB.publicKey().hex(), Right.READ);
    TestLink reader = full();
    publish(writer, shown("secret"), expiring());
    relay.grant(CHAT, BOB.publicKey().hex(), Right.NONE);
    relay.nowSeconds += 100;
    reader.drain();
    assertThat(reader.heard()).containsExactly(told(stored), EOSE);
    Event live = event(ANN, 1, "live");
    publish(writer, live);
    assertThat(reader.heard()).containsExactly(told(live));
  }

  @Test
  void twoEphemeralEventsThatWaitAreEachLookedAtByThemselves() {
    ScopeName other = new ScopeName("chat:other");
    publish(writer, event(ANN, 1, "stored"));
    relay.grant(CHAT, ANN.publicKey().hex(), Right.WRITE);
    relay.grant(CHAT, BOB.publicKey().hex(), Right.READ);
    relay.grant(other, ANN.publicKey().hex(), Right.WRITE);
    relay.grant(other, BOB.publicKey().hex(), Right.READ);
    TestLink reader = full();
    Event first = ephemeral(CHAT);
    Event second = ephemeral(other);
    publish(writer, first, second);
    relay.grant(CHAT, BOB.publicKey().hex(), Right.NONE);
    reader.drain();
    assertThat(reader.heard()).hasSize(3).contains(told(second)).doesNotContain(told(first));
  }

  private static Event ephemeral(ScopeName scope) {
    return event(
        ANN,
        20_001,
        "",
        Tag.of("proxy", "http://x/", "web"),
        Tag.of("scope", scope.text(), "Message", "m"));
  }

  @Test
  void aStoredEventIsNotLostWhenEphemeralOnesFillTheQueueBehindIt() {
    Event stored = event(ANN, 1, "stored");
    publish(writer, stored);
    TestLink reader = full();
    Event waiting = event(ANN, 1, "waits");
    publish(writer, waiting, event(ANN, 20_001, "a"), event(ANN, 20_001, "b"));
    reader.drain();
    assertThat(reader.heard()).isEqualTo(List.of(told(stored), EOSE, told(waiting)));
  }

  @Test
  void whatIsReadForARequestIsNotSentForTheOneThatTookItsPlace() {
    TestLink reader = relay.link(BOB).say("[\"REQ\",\"s\",{\"kinds\":[1]}]");
    assertThat(reader.heard()).containsExactly(EOSE);
    relay.grant(CHAT, ANN.publicKey().hex(), Right.WRITE);
    relay.grant(CHAT, BOB.publicKey().hex(), Right.READ);
    reader.fill();
    publish(writer, shown("missed"));
    relay.readers.hold();
    reader.drain();
    relay.readers.step(); // it is read, and is asked whether Bob may see it
    reader.say("[\"REQ\",\"s\",{\"kinds\":[7]}]");
    relay.readers.release();
    assertThat(reader.heard()).containsExactly(EOSE);
  }
}
