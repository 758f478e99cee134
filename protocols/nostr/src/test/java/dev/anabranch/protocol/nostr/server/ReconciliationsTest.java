package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.reconcile.Reconciliation;
import dev.anabranch.nostr.reconcile.RecordSet;
import java.util.HexFormat;
import java.util.List;
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

  @Test
  void anEventOfAChatIsReconciledWithWhomTheChatIsFor() {
    MemoryRelay relay = new MemoryRelay();
    ScopeName chat = new ScopeName("chat:c1");
    relay.grant(chat, key(1).publicKey().hex(), Right.WRITE);
    relay.grant(chat, key(2).publicKey().hex(), Right.READ);
    Event routed = event(key(1), 7, "+", Tag.of("h", "c1"));
    publish(relay.link(), routed, event(key(1), 7, "+"));
    assertThat(relay.store.entity(NostrChanges.entity(routed, chat))).isPresent();
    assertThat(found(relay.link(key(1)))).containsExactly(routed.id());
    assertThat(found(relay.link(key(2)))).containsExactly(routed.id());
    assertThat(found(relay.link(key(3)))).isEmpty();
    assertThat(found(relay.link())).isEmpty();
    relay.grant(chat, key(2).publicKey().hex(), Right.NONE);
    assertThat(found(relay.link(key(2)))).isEmpty();
  }

  /// What a client that has nothing needs of the chat.
  private static List<EventId> found(TestLink client) {
    Reconciliation reconciliation = new Reconciliation(RecordSet.of(List.of()), 0);
    HexFormat hex = HexFormat.of();
    client.say(
        "[\"NEG-OPEN\",\"n\",{\"#h\":[\"c1\"]},\""
            + hex.formatHex(reconciliation.opening())
            + "\"]");
    String frame = client.heard().getFirst();
    assertThat(frame).startsWith("[\"NEG-MSG\",\"n\",\"");
    Reconciliation.Step step = reconciliation.receive(hex.parseHex(frame.split("\"")[5])).orThrow();
    assertThat(step.isLast()).isTrue();
    return step.need();
  }
}
