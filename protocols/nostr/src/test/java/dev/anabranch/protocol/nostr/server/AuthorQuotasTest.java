package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.answer;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What an author may keep and write here, however many keys it has and whatever it writes.
class AuthorQuotasTest {

  private static final SecretKey ANN = key(1);
  private static final SecretKey ANNS_PHONE = key(2);
  private static final SecretKey BOB = key(3);

  private Set<PrincipalId> linked = Set.of(name(ANNS_PHONE));
  private final MemoryRelay relay =
      new MemoryRelay(
          Map.of(),
          new NostrGuards(WritePolicy.NONE, new NostrQuota(3, 0), Optional.empty()),
          key ->
              linked.isEmpty() || key.equals(BOB.publicKey())
                  ? Identities.PLAIN.of(key)
                  : CompletableFuture.completedFuture(
                      new Answer.Given<>(new Identities.Identity(name(ANN), linked))));
  private final TestLink link = relay.link();

  private static PrincipalId name(SecretKey key) {
    return new PrincipalId(key.publicKey().hex());
  }

  @Test
  void allKeysOfAPrincipalShareOneQuota() {
    publish(link, event(ANN, 1, "1"), event(ANNS_PHONE, 1, "2"), event(ANN, 1, "3"));
    assertThat(answer(link, event(ANNS_PHONE, 1, "4"))).contains("quota");
    assertThat(answer(link, event(ANN, 1, "4"))).contains("quota");
    publish(link, event(BOB, 1, "another's"));
  }

  @Test
  void whatAKeyHadBeforeItWasLinkedCounts() {
    linked = Set.of();
    publish(link, event(ANN, 1, "1"), event(ANNS_PHONE, 1, "2"), event(ANNS_PHONE, 1, "3"));
    linked = Set.of(name(ANNS_PHONE));
    assertThat(answer(link, event(ANN, 1, "4"))).contains("quota");
  }

  @Test
  void whatComesAtOnceIsCountedOnceAndLetInInItsOrder() {
    relay.readers.hold();
    List<Event> many = IntStream.range(0, 10).mapToObj(number -> at(number, 1)).toList();
    many.forEach(event -> link.say("[\"EVENT\"," + event.json() + "]"));
    assertThat(relay.readers.waiting()).as("counts").isEqualTo(1);
    relay.readers.release();
    assertThat(link.heard())
        .filteredOn(frame -> frame.contains(",true,"))
        .isEqualTo(
            many.subList(0, 3).stream()
                .map(event -> "[\"OK\",\"" + event.id() + "\",true,\"\"]")
                .toList());
    assertThat(relay.store.lastMarkedId()).isEqualTo(3);
  }

  @Test
  void whatIsOnItsWayIsAddedToACountThatMayNotHaveMetIt() {
    AtomicLong nanos = new AtomicLong();
    AuthorQuotas quotas = quotas(nanos);
    List<AuthorQuotas.Admission> let =
        List.of(admitted(quotas, 1), admitted(quotas, 2), admitted(quotas, 3));
    assertThat(let).allMatch(one -> one.refusal() == null);
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(2));
    assertThat(admitted(quotas, 4).refusal()).as("counted again, and none is stored").isNotNull();
    let.getFirst().answered().accept(false);
    assertThat(admitted(quotas, 5).refusal()).as("the room of one that came to nothing").isNull();
    assertThat(admitted(quotas, 6).refusal()).isNotNull();
  }

  @Test
  void whatComesToNothingWhileItsAuthorsAreCountedIsNotAdded() {
    AtomicLong nanos = new AtomicLong();
    AuthorQuotas quotas = quotas(nanos);
    AuthorQuotas.Admission first = admitted(quotas, 1);
    AuthorQuotas.Admission second = admitted(quotas, 2);
    AuthorQuotas.Admission third = admitted(quotas, 3);
    third.answered().accept(true); // but the store knows nothing of it
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(2));
    relay.readers.hold();
    CompletableFuture<AuthorQuotas.Admission> fourth = admit(quotas, 4);
    CompletableFuture<AuthorQuotas.Admission> fifth = admit(quotas, 5);
    CompletableFuture<AuthorQuotas.Admission> sixth = admit(quotas, 6);
    first.answered().accept(false);
    second.answered().accept(true);
    relay.readers.release();
    assertThat(fourth.join().refusal()).isNull();
    assertThat(fifth.join().refusal()).isNull();
    assertThat(sixth.join().refusal()).as("beside the second").isNotNull();
  }

  @Test
  void aCountThatFailsIsToldToAllThatWaitedAndTheNextOneCountsAgain() {
    relay.readers.hold();
    relay.isAway = true;
    for (int number = 0; number < 5; number++) {
      link.say("[\"EVENT\"," + at(number, 1).json() + "]");
    }
    assertThat(relay.readers.waiting()).isEqualTo(1);
    relay.readers.release();
    assertThat(link.heard()).hasSize(5).allMatch(frame -> frame.contains(",false,\"error: "));
    relay.isAway = false;
    publish(link, at(0, 1), at(1, 1), at(2, 1));
    assertThat(answer(link, at(3, 1))).contains("quota");
  }

  private AuthorQuotas quotas(AtomicLong nanos) {
    NostrSeams seams =
        new NostrSeams(
            () -> Instant.ofEpochSecond(MemoryRelay.NOW),
            nanos::get,
            new Random(1),
            Runnable::run,
            Runnable::run,
            (millis, task) -> {});
    return new AuthorQuotas(relay.engine, () -> new NostrQuota(3, 0), seams, 10);
  }

  private static CompletableFuture<AuthorQuotas.Admission> admit(AuthorQuotas quotas, int number) {
    return quotas
        .admit(at(number, 1), new Identities.Identity(name(ANN), Set.of()), 100)
        .toCompletableFuture();
  }

  private static AuthorQuotas.Admission admitted(AuthorQuotas quotas, int number) {
    return admit(quotas, number).join();
  }

  @Test
  void aDeletionIsFreeWhileItsContentIsShort() {
    publish(link, event(ANN, 1, "1"), event(ANN, 1, "2"), event(ANN, 1, "3"));
    Tag nothing = Tag.of("e", "0".repeat(64));
    publish(link, event(ANN, 5, "x".repeat(AuthorQuotas.FREE_CHARACTERS_MAX), nothing));
    assertThat(answer(link, event(ANN, 5, "x".repeat(1_001), nothing))).contains("quota");
  }

  @Test
  void whatADeletionNamesCountsForTheRateOfItsAuthorAndItsAddress() {
    Event many =
        event(
            ANN,
            5,
            "",
            Tag.of("e", "0".repeat(64)),
            Tag.of("e", "1".repeat(64)),
            Tag.of("a", "30023:" + ANN.publicKey() + ":x"));
    TestLink slow = new MemoryRelay(Map.of("author", new Rate(1, 5))).link();
    publish(slow, event(ANN, 1, "1"), many);
    assertThat(answer(slow, event(ANN, 1, "2"))).startsWith("false,\"rate-limited: ");
    publish(slow, event(BOB, 1, "another's"));
    TestLink slower = new MemoryRelay(Map.of("address", new Rate(1, 5))).link();
    publish(slower, event(ANN, 1, "1"), many);
    assertThat(answer(slower, event(BOB, 1, "2"))).startsWith("false,\"rate-limited: ");
  }

  private static void repeat(TestLink link, Event... events) {
    for (int again = 0; again < 10; again++) {
      for (Event event : events) {
        assertThat(answer(link, event)).doesNotContain("rate-limited");
      }
    }
  }

  @Test
  void whoRepeatsWhatIsOrWasHereUsesUpNothingOfItsAuthorsRate() {
    TestLink anns = new MemoryRelay(Map.of("author", new Rate(1, 20))).link();
    Event note = event(ANN, 1, "1");
    Event older = event(ANN, 10_002, "older");
    Event newer = at(1, 10_002);
    Event gone = event(ANN, 1, "gone");
    Event deletion = event(ANN, 5, "", Tag.of("e", gone.id().hex()), Tag.of("e", "0".repeat(64)));
    publish(anns, note, older, newer, gone, deletion); // which costs 4 and 1 + 2
    repeat(anns, note, older, newer, gone, deletion);
    for (int more = 0; more < 13; more++) {
      publish(anns, event(ANN, 1, "more" + more));
    }
    assertThat(answer(anns, event(ANN, 1, "last"))).startsWith("false,\"rate-limited: ");
  }

  @Test
  void whoRepeatsThatSomebodyVanishedUsesUpNothingOfTheirRate() {
    TestLink anns = new MemoryRelay(Map.of("author", new Rate(1, 3))).link();
    Event vanishing = event(ANN, 62, "", Tag.of("relay", "ALL_RELAYS"));
    publish(anns, vanishing);
    repeat(anns, vanishing);
    publish(anns, at(1, 1), at(2, 1));
    assertThat(answer(anns, at(3, 1))).startsWith("false,\"rate-limited: ");
  }

  @Test
  void whatTheAddressOfItsSenderHasNoRoomForCostsTheAuthorNothing() {
    TestLink anns =
        new MemoryRelay(Map.of("author", new Rate(1, 3), "address", new Rate(1, 5))).link();
    Event many = event(ANN, 5, "", Tag.of("e", "0".repeat(64)), Tag.of("e", "1".repeat(64)));
    publish(anns, event(BOB, 1, "1"), event(BOB, 1, "2"), event(BOB, 1, "3"));
    assertThat(answer(anns, many)).startsWith("false,\"rate-limited: ");
    publish(anns, event(ANN, 1, "1"));
  }

  @Test
  void anEphemeralEventCostsItsAuthorWhereTheAuthorSaysItAlone() {
    MemoryRelay relay = new MemoryRelay(Map.of("author", new Rate(1, 3)));
    TestLink listener = relay.link().say("[\"REQ\",\"s\",{}]");
    Event typing = event(ANN, 20_001, "types");
    repeat(relay.link(BOB), typing);
    assertThat(listener.heard()).hasSize(1 + 10);
    TestLink anns = relay.link(ANN);
    publish(anns, typing, typing, typing);
    assertThat(answer(anns, typing)).startsWith("false,\"rate-limited: ");
  }

  private static Event at(int later, int kind) {
    return new UnsignedEvent(ANN.publicKey(), MemoryRelay.NOW + later, kind, List.of(), "later")
        .sign(ANN);
  }
}
