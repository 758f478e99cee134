package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.MemoryRelay.NOW;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.answer;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.nostr.server.Identities.Identity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Where events of chats stand when two things happen at once, and what takes them back unasked.
@Timeout(60)
class RoutingTest {

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);
  private static final ScopeName CHAT = new ScopeName("chat:c1");
  private static final Tag HERE = Tag.of("h", "c1");

  private final MemoryRelay relay = new MemoryRelay();
  private final TestLink link = relay.link(ANN);

  @BeforeEach
  void letAnnWrite() {
    relay.grant(CHAT, ANN.publicKey().hex(), Right.WRITE);
  }

  @AfterEach
  void stateIsTheFoldOfTheLog() {
    assertThat(new FoldCheck(relay.store, relay.engine.models()).everything()).isEmpty();
  }

  private boolean stands(Event event, ScopeName scope) {
    return relay
        .store
        .entity(NostrChanges.entity(event, scope))
        .filter(RoutingTest::lives)
        .isPresent();
  }

  private static boolean lives(Entity entity) {
    return !entity.deleted();
  }

  private static ScopeName home(Event event) {
    return NostrChanges.scope(event.author());
  }

  private Outcome commit(Event event, ScopeName scope) {
    Write write = NostrChanges.write(event, Bytes.of(event.jsonBytes()), scope);
    return relay
        .engine
        .commit(Commit.of(NostrChanges.relay(), write))
        .toCompletableFuture()
        .join()
        .getFirst();
  }

  private List<String> heard() {
    return link.say("[\"REQ\",\"s\",{\"kinds\":[1,7,1111]}]").heard();
  }

  private void isGone(Event event) {
    assertThat(heard()).containsExactly("[\"EOSE\",\"s\"]");
    assertThat(stands(event, CHAT)).isFalse();
    assertThat(relay.store.entity(NostrChanges.entity(event))).isEmpty();
    assertThat(answer(link, event)).startsWith("false,");
  }

  @Test
  void whatStandsInOnePlaceIsTheSameEventWhereverElseItCouldStandNowAndIsDeletedThere() {
    for (boolean isInChatFirst : List.of(true, false)) {
      Event event = event(ANN, 7, "+" + isInChatFirst, HERE);
      ScopeName first = isInChatFirst ? CHAT : home(event);
      ScopeName second = isInChatFirst ? home(event) : CHAT;
      assertThat(commit(event, first)).isInstanceOf(Outcome.Applied.class);
      assertThat(commit(event, second))
          .isInstanceOfSatisfying(
              Outcome.Refused.class,
              refused -> assertThat(refused.fault().code()).isEqualTo(FaultCode.SUPERSEDED));
      assertThat(stands(event, first)).isTrue();
      assertThat(answer(link, event)).startsWith("true,\"duplicate: ");
      assertThat(heard()).hasSize(2);
      publish(link, event(ANN, 5, "", Tag.of("e", event.id().hex())));
      assertThat(heard()).containsExactly("[\"EOSE\",\"s\"]");
      assertThat(stands(event, first)).isFalse();
      assertThat(answer(link, event)).startsWith("false,\"blocked: ");
    }
  }

  @Test
  void aRightThatIsTakenBeforeTheCommitIsMissedInsideIt() {
    Event event = event(ANN, 7, "+", HERE);
    Write write = NostrChanges.write(event, Bytes.of(event.jsonBytes()), CHAT);
    Identity ann = new Identity(new PrincipalId(ANN.publicKey().hex()), Set.of());
    relay.grant(CHAT, ANN.publicKey().hex(), Right.READ);
    assertThat(
            relay
                .engine
                .commit(Commit.of(NostrChanges.member(ANN.publicKey(), ann), write))
                .toCompletableFuture()
                .join())
        .allSatisfy(outcome ->
            assertThat(outcome)
                .isInstanceOfSatisfying(
                    Outcome.Refused.class,
                    refused -> assertThat(refused.fault().code()).isEqualTo(FaultCode.FORBIDDEN)));
    Event founding = event(ANN, 7, "+", Tag.of("h", "none"));
    ScopeName none = new ScopeName("chat:none");
    Write other = NostrChanges.write(founding, Bytes.of(founding.jsonBytes()), none);
    assertThat(
            relay
                .engine
                .commit(Commit.of(NostrChanges.member(ANN.publicKey(), ann), other))
                .toCompletableFuture()
                .join())
        .allMatch(Outcome.Refused.class::isInstance);
    assertThat(relay.store.head(none).seq()).isZero();
  }

  @Test
  void whatCameWhileItsDeletionLookedForItIsDeleted() {
    Event event = event(ANN, 7, "+", HERE);
    Event request = event(ANN, 5, "", Tag.of("e", event.id().hex()));
    Erasure erasure = erasure(event);
    Identity ann = new Identity(new PrincipalId(ANN.publicKey().hex()), Set.of());
    Published published =
        erasure.delete(request, Bytes.of(request.jsonBytes()), ann).toCompletableFuture().join();
    assertThat(published.refusal()).isNull();
    assertThat(stands(event, CHAT)).isFalse();
    assertThat(heard()).containsExactly("[\"EOSE\",\"s\"]");
    assertThat(answer(link, event)).startsWith("false,\"blocked: ");
  }

  /// One before whose first commit an event comes in.
  private Erasure erasure(Event first) {
    InstantSource clock = () -> Instant.ofEpochSecond(NOW);
    return new Erasure(
        relay.engine,
        relay.engine,
        new NostrSeams(
            clock, () -> 0, new Random(1), Runnable::run, Runnable::run, (millis, task) -> {}),
        new Publisher.Seeds(
            Identities.PLAIN,
            SeedKinds.SHAPE,
            new SeedChanges(new ModelName("message")),
            relay.engine,
            null),
        (event, author, writes) -> {
          publish(link, first);
          return relay
              .engine
              .commit(new Commit(NostrChanges.author(event.author(), author), writes, false))
              .thenApply(outcomes -> Published.accepted(event.id()));
        });
  }

  @Test
  void whatHasExpiredIsErasedFromItsChat() {
    Event event = event(ANN, 1_111, "soon", HERE, Tag.of("expiration", "" + (NOW + 60)));
    publish(link, event);
    assertThat(stands(event, CHAT)).isTrue();
    relay.nowSeconds += 61;
    assertThat(relay.gateway.expire().toCompletableFuture().join()).isTrue();
    isGone(event);
  }

  @Test
  void whatIsBannedForGoodIsErasedFromItsChat() {
    Event event = event(ANN, 1_111, "spam", HERE);
    publish(link, event);
    NostrAccess open = relay.access;
    relay.access = banning(event);
    assertThat(relay.gateway.eraseBanned().toCompletableFuture().join()).isTrue();
    relay.access = open;
    isGone(event);
  }

  private static NostrAccess banning(Event event) {
    NostrAccess open = NostrAccess.OPEN;
    return new NostrAccess(
        open.writers(),
        open.readers(),
        open.members(),
        open.banned(),
        new HashSet<>(Set.of(event.id().hex())),
        open.bannedEntities(),
        open.kinds(),
        open.bannedKinds(),
        open.rules(),
        open.allowed(),
        open.blocked());
  }

  @Test
  void whatTheRulesOfRetentionDoNotKeepIsErasedFromItsChat() {
    Event event = event(ANN, 7, "+", HERE);
    publish(link, event);
    relay.nowSeconds += 2 * 86_400;
    RetentionRule rule = new RetentionRule(List.of(), Set.of(), 1, 0, 0);
    assertThat(relay.gateway.retain(List.of(rule)).toCompletableFuture().join()).isEqualTo(1);
    isGone(event);
  }

  @Test
  void whatTheLogOfItsChatNoLongerSaysIsFoundAndDeletedAllTheSame() {
    Event event = event(ANN, 7, "+", HERE);
    publish(link, event);
    long head = relay.store.head(CHAT).seq();
    assertThat(relay.store.raiseFloor(CHAT, head, model -> relay.engine.models().of(model).rule()))
        .isPositive();
    assertThat(heard()).hasSize(2);
    publish(link, event(ANN, 5, "", Tag.of("e", event.id().hex())));
    assertThat(heard()).containsExactly("[\"EOSE\",\"s\"]");
    assertThat(stands(event, CHAT)).isFalse();
  }

  @Test
  void whatCannotBeLookedForWhileTheStoreIsAwayIsAskedForAgain() {
    relay.isAway = true;
    Event event = event(ANN, 7, "+", HERE);
    assertThat(answer(link, event)).startsWith("false,\"error: ");
    relay.isAway = false;
    assertThat(answer(link, event)).isEqualTo("true,\"\"");
    assertThat(stands(event, CHAT)).isTrue();
  }

  /// Thousands of chats, none of which is here.
  private static Tag[] crowd(Tag... more) {
    Stream<Tag> chats = IntStream.range(0, 4_000).mapToObj(number -> Tag.of("h", "n" + number));
    return Stream.concat(chats, Stream.of(more)).toArray(Tag[]::new);
  }

  @Test
  void whatNamesTooManyChatsIsRefusedBeforeAnythingIsLookedUp() {
    Tag toBob = Tag.of("p", BOB.publicKey().hex());
    relay.asked.clear();
    for (int kind : List.of(1, 7, 9, 1_059, 20_001)) {
      assertThat(answer(link, event(ANN, kind, "crowded", crowd(toBob))))
          .isEqualTo("false,\"invalid: an event names at most 16 chats\"");
    }
    assertThat(relay.asked).isEmpty();
    publish(link, event(ANN, 10_003, "", crowd()), event(ANN, 30_003, "", crowd(Tag.of("d", ""))));
  }

  @Test
  void whatNamedTooManyChatsWhenItMightIsItsAuthorsAloneAndNoneIsLookedUp() {
    Event event = event(ANN, 7, "crowded", crowd());
    assertThat(commit(event, home(event))).isInstanceOf(Outcome.Applied.class);
    TestLink listener = relay.link(BOB).say("[\"REQ\",\"s\",{\"kinds\":[5,7]}]");
    assertThat(listener.heard()).containsExactly("[\"EOSE\",\"s\"]");
    assertThat(heard()).hasSize(2);
    relay.asked.clear();
    for (TestLink reader : List.of(relay.link(BOB), relay.link())) {
      assertThat(reader.say("[\"REQ\",\"s\",{\"kinds\":[5,7]}]").heard())
          .containsExactly("[\"EOSE\",\"s\"]");
    }
    assertThat(relay.asked).hasSizeLessThan(20);

    relay.asked.clear();
    publish(link, event(ANN, 5, "why", crowd(Tag.of("e", event.id().hex()))));
    assertThat(relay.asked).hasSizeLessThan(50);
    assertThat(listener.heard()).isEmpty();
    assertThat(heard()).containsExactly("[\"EOSE\",\"s\"]");
    assertThat(answer(link, event)).startsWith("false,");
  }

  @Test
  void anHThatNamesNoScopeNamesNoChat() {
    Event event = event(ANN, 7, "+", Tag.of("h", "a\nb"), Tag.of("h", ""), Tag.of("h"));
    publish(link, event);
    assertThat(stands(event, home(event))).isTrue();
  }
}
