package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.limit.Rate;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Authenticated;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Bootstrap;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Live;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pong;
import dev.anabranch.protocol.scope.wire.ScopeMessage.PresenceOf;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pushed;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Refetch;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Sync;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What one connection may expect, sentence by sentence.
class ScopeSessionTest {

  @Test
  void subscribingFromNothingGivesABootstrapThenLiveThenEvents() {
    World world = World.open();
    world.put("m1", "one");
    world.put("m2", "two");
    world.delete("m1");
    TestLink link = world.connect();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":0,\"ref\":\"s\"}");

    List<ToClient> heard = link.heard();
    assertThat(heard).hasSize(2);
    Bootstrap bootstrap = (Bootstrap) heard.get(0);
    assertThat(bootstrap.last()).isTrue();
    assertThat(bootstrap.lastSyncId()).isEqualTo(3);
    assertThat(bootstrap.ref()).isEqualTo(new Ref("s"));
    assertThat(bootstrap.models().get(World.MESSAGE))
        .extracting(SyncRecord::id)
        .containsExactly(new EntityId("m2"));
    assertThat(heard.get(1)).isEqualTo(new Live(World.SCOPE, 3, new Ref("s")));

    world.put("m3", "three");
    assertThat(ids(link.heard())).containsExactly(4L);
  }

  @Test
  void subscribingToAnUnknownScopeGivesAnEmptyBootstrap() {
    TestLink link = World.open().connect();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");

    assertThat(link.heard())
        .containsExactly(
            new Bootstrap(World.SCOPE, java.util.Map.of(), true, 0, null),
            new Live(World.SCOPE, 0, null));
  }

  @Test
  void subscribingAfterACursorGivesWhatWasMissedThenExactlyOneLive() {
    World world = World.open();
    IntStream.rangeClosed(1, 5).forEach(n -> world.put("m" + n, "text"));
    TestLink link = world.connect();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":2}");
    world.put("m6", "text");

    List<ToClient> heard = link.heard();
    assertThat(ids(heard)).containsExactly(3L, 4L, 5L, 6L);
    assertThat(heard).filteredOn(Live.class::isInstance).containsExactly(live(5));
  }

  @Test
  void aBootstrapOfManyPagesIsFinalOnlyOnceAndMissesNothingCommittedMeanwhile() {
    World world =
        World.open(
            new ScopeLimits(
                World.sessionWithPages(new PageLimit(2, 100_000)), ScopeLimits.Http.DEFAULT));
    IntStream.rangeClosed(1, 7).forEach(n -> world.put("m" + n, "text"));
    TestLink link = world.connect();
    link.fill();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    assertThat(link.heard()).as("it waits for room").isEmpty();
    link.drain(1);
    List<ToClient> first = link.heard();
    assertThat(first).as("one page, then it waits for room").hasSize(1);

    world.put("m8", "text");
    link.drain();

    List<ToClient> rest = link.heard();
    List<Bootstrap> pages =
        java.util.stream.Stream.concat(first.stream(), rest.stream())
            .filter(Bootstrap.class::isInstance)
            .map(Bootstrap.class::cast)
            .toList();
    assertThat(pages).hasSize(4);
    assertThat(pages.stream().filter(Bootstrap::last)).hasSize(1);
    assertThat(pages).allMatch(page -> page.lastSyncId() == 7);
    assertThat(ids(rest)).as("committed after the cursor was taken").containsExactly(8L);
    assertThat(rest).filteredOn(Live.class::isInstance).containsExactly(live(8));
  }

  @Test
  void aFullOutboxPausesFollowingAndNothingIsLost() {
    World world = World.open();
    TestLink link = world.connect();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    link.heard();

    link.fill();
    IntStream.rangeClosed(1, 50).forEach(n -> world.put("m" + n, "text"));
    assertThat(link.heard()).isEmpty();
    link.drain();

    assertThat(ids(link.heard()))
        .isEqualTo(IntStream.rangeClosed(1, 50).asLongStream().boxed().toList());
  }

  private static void subscribeToTwentyWithoutReading(World world, TestLink link) {
    link.fill();
    for (int scope = 1; scope <= 20; scope++) {
      String body = "{\"scope\":\"org:" + scope + "\",\"id\":\"m1\",\"content\":\"text\"}";
      assertThat(world.post("/api/Message", body).status()).isEqualTo(201);
      link.say("{\"type\":\"subscribe\",\"scope\":\"org:" + scope + "\"}");
    }
  }

  @Test
  void manyBootstrapsAtOnceSendNothingIntoAFullOutbox() {
    World world = World.open();
    TestLink link = world.connect();
    subscribeToTwentyWithoutReading(world, link);
    assertThat(link.heard()).isEmpty();
    List<ToClient> heard = new ArrayList<>();
    for (int reads = 0; reads < 10; reads++) {
      link.drain(1);
      List<ToClient> some = link.heard();
      assertThat(some).hasSize(1);
      heard.addAll(some);
    }
    link.drain();
    heard.addAll(link.heard());
    assertThat(heard).filteredOn(Bootstrap.class::isInstance).hasSize(20);
    assertThat(heard).filteredOn(Live.class::isInstance).hasSize(20);
  }

  @Test
  void aLinkThatIsGoneBeginsNoneOfTheBootstrapsThatWaited() {
    World world = World.open();
    TestLink link = world.connect();
    subscribeToTwentyWithoutReading(world, link);
    int asked = world.kernel.asked();
    link.cut();
    assertThat(world.kernel.asked()).isEqualTo(asked);
  }

  @Test
  void resubscribingReplacesTheSubscription() {
    World world = World.open();
    world.put("m1", "text");
    TestLink link = world.connect();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":1}");
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":1}");
    link.heard();

    world.put("m2", "text");

    assertThat(ids(link.heard())).as("told once").containsExactly(2L);
  }

  @Test
  void unsubscribingEndsItAndDoingSoTwiceIsHarmless() {
    World world = World.open();
    TestLink link = world.connect();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    link.heard();

    link.say("{\"type\":\"unsubscribe\",\"scope\":\"org:1\"}");
    link.say("{\"type\":\"unsubscribe\",\"scope\":\"org:1\"}");
    world.put("m1", "text");

    assertThat(link.heard()).isEmpty();
  }

  @Test
  void severalScopesShareALinkEachWithItsOwnCursor() {
    World world = World.open();
    world.put("m1", "text");
    TestLink link = world.connect();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":1}");
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:2\"}");
    link.heard();
    link.say(
        push(
            "p",
            "{\"key\":\"k\",\"scope\":\"org:2\",\"model\":\"Message\",\"id\":\"x\","
                + "\"action\":\"insert\",\"data\":{\"content\":\"y\"}}"));
    world.put("m2", "text");

    List<ToClient> heard = link.heard();
    assertThat(heard)
        .filteredOn(Sync.class::isInstance)
        .extracting(sync -> ((Sync) sync).scope().text())
        .containsExactlyInAnyOrder("org:2", "org:1");
  }

  @Test
  void manyFollowersOfOneLoopShareOneEncoding() {
    World world = World.open();
    TestLink one = world.connect();
    TestLink two = world.connect();
    one.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    two.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    one.heard();
    two.heard();

    world.put("m1", "text");

    assertThat(one.takeFrames()).isEqualTo(two.takeFrames()).hasSize(1);
  }

  @Test
  void aCursorBehindRetentionMustRefetchAndEndsOnlyThatSubscription() {
    World world = World.open();
    IntStream.rangeClosed(1, 5).forEach(n -> world.put("m" + n, "text"));
    world.retainAfter(3);
    TestLink link = world.connect();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:2\"}");
    link.heard();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":1,\"ref\":\"s\"}");

    assertThat(link.heard())
        .containsExactly(
            new Refetch(World.SCOPE, RefetchReason.CURSOR_BEHIND_RETENTION, new Ref("s")));
    assertThat(link.closeCode()).isZero();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    assertThat(link.heard()).hasSize(2);
  }

  @Test
  void aCursorBeyondTheHeadMustRefetch() {
    World world = World.open();
    world.put("m1", "text");
    TestLink link = world.connect();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":99}");

    assertThat(link.heard())
        .containsExactly(new Refetch(World.SCOPE, RefetchReason.CURSOR_AHEAD, null));
  }

  @Test
  void losingTheRightEndsTheSubscriptionWithTheChangeThatSaysSo() {
    World world = World.guarded();
    world.grant("bob", "read");
    TestLink link = world.connect("Authorization", "Bearer bob");
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    link.heard();

    world.grant("bob", "none");
    world.put("m1", "secret");

    List<ToClient> heard = link.heard();
    assertThat(ids(heard)).containsExactly(2L);
    assertThat(heard.getLast())
        .isEqualTo(new Refetch(World.SCOPE, RefetchReason.ACCESS_CHANGED, null));
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    assertThat(errors(link)).containsExactly("forbidden");
  }

  @Test
  void aPushIsAnsweredWriteByWriteInOrder() {
    World world = World.open();
    TestLink link = world.connect();

    link.say(
        push(
            "p",
            insert("k1", "m1", "one"),
            "{\"key\":\"k2\",\"scope\":\"org:1\",\"model\":\"messages\",\"id\":\"m1\",\"action\":\"update\","
                + "\"data\":{\"content\":\"two\"},\"version\":7}",
            "{\"key\":\"k3\",\"scope\":\"org:1\",\"model\":\"Message\",\"id\":\"m9\",\"action\":\"delete\"}",
            "{\"key\":\"k4\"}",
            insert("k1", "m1", "one")));

    Pushed pushed = (Pushed) link.heard().getFirst();
    assertThat(pushed.ref()).isEqualTo(new Ref("p"));
    assertThat(pushed.outcomes())
        .extracting(PushOutcome::status)
        .containsExactly("applied", "conflict", "refused", "refused", "duplicate");
    assertThat(pushed.outcomes().get(0).result()).isEqualTo(new PushOutcome.Applied(1, 1, 1));
    assertThat(((PushOutcome.Conflict) pushed.outcomes().get(1).result()).current())
        .extracting(SyncRecord::version)
        .isEqualTo(1L);
    assertThat(codeOf(pushed.outcomes().get(2))).isEqualTo("absent");
    assertThat(codeOf(pushed.outcomes().get(3))).isEqualTo("invalid");
    assertThat(pushed.outcomes().get(4).result()).isEqualTo(new PushOutcome.Applied(1, 1, 1));
  }

  @Test
  void anAtomicPushIsAppliedWhollyOrNotAtAll() {
    World world = World.open();
    TestLink link = world.connect();
    String absent =
        "{\"key\":\"k2\",\"scope\":\"org:1\",\"model\":\"Message\",\"id\":\"m9\",\"action\":\"delete\"}";

    link.say(atomic("a", insert("k1", "m1", "one"), absent));
    link.say(atomic("b", insert("k3", "m1", "one"), "{\"key\":\"k4\"}"));
    link.say(atomic("c", insert("k5", "m1", "one"), insert("k6", "m2", "two")));

    List<ToClient> heard = link.heard();
    assertThat(codes((Pushed) heard.get(0))).containsExactly("batch_aborted", "absent");
    assertThat(codes((Pushed) heard.get(1))).containsExactly("batch_aborted", "invalid");
    assertThat(((Pushed) heard.get(2)).outcomes())
        .extracting(PushOutcome::status)
        .containsExactly("applied", "applied");
  }

  @Test
  void pipelinedPushesAreAnsweredInTheirOrderWhateverIsKnownFirst() {
    World world = World.open();
    TestLink link = world.connect();
    world.kernel.hold();
    link.say(push("a", insert("k1", "m1", "one")));
    link.say(push("b", "{\"key\":\"nothing to ask the kernel for\"}"));
    link.say(push("c", insert("k2", "m2", "two")));
    assertThat(link.heard()).isEmpty();

    world.kernel.release(true);
    world.turns.settle();

    assertThat(link.heard())
        .extracting(message -> ((Pushed) message).ref())
        .containsExactly(new Ref("a"), new Ref("b"), new Ref("c"));
  }

  @Test
  void aPushFollowsTheOneThatItNames() {
    World world = World.open();
    TestLink link = world.connect();
    link.say(push("a", insert("k1", "m1", "one")));
    link.say(following("a", push("b", insert("k2", "m2", "two"))));
    link.say(following("b", push("c", "{\"key\":\"nothing to ask the kernel for\"}")));
    link.say(following("c", push("d", insert("k3", "m3", "three"))));

    assertThat(link.heard())
        .map(message -> codes((Pushed) message))
        .containsExactly(
            List.of("applied"), List.of("applied"), List.of("invalid"), List.of("applied"));
  }

  @Test
  void aPushThatFollowsNoneThatWasTakenIsTurnedAwayForAWhile() {
    World world = World.open();
    TestLink link = world.connect();
    link.say(following("x", push("a", insert("k1", "m1", "one"))));
    link.say(following("a", push("b", insert("k2", "m2", "two"))));
    link.say(push("c", insert("k3", "m3", "three")));
    link.say(push("d", insert("k4", "m4", "four")));
    link.say(following("c", push("e", insert("k5", "m5", "five"))));
    link.say(following("c", push("f", insert("k6", "m6", "six"))));

    assertThat(link.heard().stream().filter(ErrorAnswer.class::isInstance))
        .map(ErrorAnswer.class::cast)
        .allMatch(error -> error.code().equals("unavailable") && error.retryAfterMillis() > 0)
        .extracting(ErrorAnswer::ref)
        .containsExactly(new Ref("a"), new Ref("b"), new Ref("f"));
  }

  @Test
  void whatFollowsAPushThatTheStoreDidNotTakeIsNotTakenEither() {
    World world = World.open();
    TestLink link = world.connect();
    world.kernel.refuseWritesWith(new Fault(FaultCode.UNAVAILABLE, "away"));
    link.say(push("a", insert("k1", "m1", "one")));
    world.kernel.refuseWritesWith(null);
    link.say(following("a", push("b", insert("k2", "m2", "two"))));
    link.say(push("c", insert("k3", "m3", "three")));

    assertThat(link.heard())
        .map(message -> codes((Pushed) message))
        .containsExactly(List.of("unavailable"), List.of("unavailable"), List.of("applied"));
  }

  private static String following(String after, String push) {
    return push.replaceFirst("\\{", "{\"after\":\"" + after + "\",");
  }

  @Test
  void anEmptyPushIsAnsweredEmptily() {
    TestLink link = World.open().connect();

    link.say("{\"type\":\"push\",\"writes\":[],\"ref\":\"p\"}");

    assertThat(link.heard()).containsExactly(new Pushed(List.of(), new Ref("p")));
  }

  @Test
  void aPushSpeaksOfTheFieldsOfAnEntityOnly() {
    TestLink link = World.open().connect();

    link.say(
        push(
            "p",
            write(
                "k1",
                "{\"id\":\"m1\",\"scope\":\"org:1\",\"content\":\"its own id may be repeated\"}"),
            write("k2", "{\"id\":\"other\"}"),
            write("k3", "{\"version\":7}"),
            write("k4", "{\"__proto__\":{}}"),
            write("k5", "{\"$body\":\"AQID\"}")));

    assertThat(codes((Pushed) link.heard().getFirst()))
        .containsExactly("applied", "invalid", "invalid", "invalid", "invalid");
  }

  @Test
  void aConflictLeavesCurrentOutWhenTheAnswerHasNoRoom() {
    World world = World.open();
    TestLink link = world.connect();
    String long60k = "x".repeat(60_000);
    for (int n = 1; n <= 4; n++) {
      world.put("m" + n, long60k);
    }

    link.say(
        push(
            "p",
            IntStream.rangeClosed(1, 4)
                .mapToObj(n ->
                    "{\"key\":\"k"
                        + n
                        + "\",\"scope\":\"org:1\",\"model\":\"Message\",\"id\":\"m"
                        + n
                        + "\",\"action\":\"update\",\"data\":{},\"version\":9}")
                .toArray(String[]::new)));

    List<PushOutcome> outcomes = ((Pushed) link.heard().getFirst()).outcomes();
    assertThat(outcomes).allMatch(outcome -> outcome.status().equals("conflict"));
    assertThat(outcomes)
        .extracting(outcome -> ((PushOutcome.Conflict) outcome.result()).leftOut())
        .containsExactly(false, false, true, true);
  }

  @Test
  void theConnectionsDeviceCountsForItsWrites() {
    World world = World.open();
    TestLink link = world.connect("Anabranch-Device", "laptop");
    TestLink other = world.connectTo("/sync?device=phone");
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    link.heard();

    link.say(push("a", insert("k1", "m1", "one")));
    other.say(push("b", insert("k2", "m2", "two")));
    link.say(
        push(
            "c",
            write("k3", "{}")
                .replace("\"key\"", "\"device\":\"watch\",\"n\":1,\"base\":2,\"key\"")));
    world.put("m4", "no device");

    assertThat(events(link.heard()))
        .extracting(event -> event.device() == null ? null : event.device().text())
        .containsExactly("laptop", "phone", "watch", null);
  }

  @Test
  void aDeviceThatCountsWrongIsToldSo() {
    TestLink link = World.open().connect();

    link.say(
        push("p", write("k1", "{}").replace("\"key\"", "\"device\":\"watch\",\"n\":5,\"key\"")));

    assertThat(codes((Pushed) link.heard().getFirst())).containsExactly("device_gap");
  }

  @Test
  void pingIsAnsweredWithItsNonce() {
    TestLink link = World.open().connect();

    link.say("{\"type\":\"ping\",\"nonce\":\"7f\"}").say("{\"type\":\"ping\"}");

    assertThat(link.heard()).containsExactly(new Pong("7f", null), new Pong(null, null));
  }

  @Test
  void pingIsAnsweredWithItsRefAlsoToAStrangerAndWhenItComesTooFast() {
    TestLink link = World.open().connect();
    TestLink stranger = World.guarded().connect();
    World slow =
        World.open(
            new ScopeLimits(
                ScopeLimits.Session.DEFAULT.withRates(new Rate(10, 1), Rate.UNLIMITED),
                ScopeLimits.Http.DEFAULT));
    String ping = "{\"type\":\"ping\",\"ref\":\"a\"}";

    assertThat(link.say(ping).heard()).containsExactly(new Pong(null, new Ref("a")));
    assertThat(stranger.say(ping).heard()).containsExactly(new Pong(null, new Ref("a")));
    ErrorAnswer tooFast = (ErrorAnswer) slow.connect().say(ping).say(ping).heard().getLast();
    assertThat(tooFast.ref()).isEqualTo(new Ref("a"));
  }

  @Test
  void presenceIsToldToFollowersAndTheWholeSetFollowsLive() {
    World world = World.open();
    TestLink ann = world.connect("Anabranch-Device", "laptop");
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":1},\"ttlMillis\":30000}");
    TestLink bob = world.connect();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");

    List<ToClient> heard = bob.heard();
    assertThat(heard.get(1)).isInstanceOf(Live.class);
    PresenceOf present = (PresenceOf) heard.get(2);
    assertThat(present.principal()).isEqualTo(new PrincipalId("local"));
    assertThat(present.device()).isEqualTo("laptop");
    assertThat(present.ttlMillis()).isEqualTo(30_000);

    ann.say(
        "{\"type\":\"presence\",\"scope\":\"org:1\",\"topic\":\"notes\",\"device\":\"phone\",\"data\":{}}");
    PresenceOf second = (PresenceOf) bob.heard().getFirst();
    assertThat(second.topic()).isEqualTo("notes");
    assertThat(second.device()).isEqualTo("phone");
    assertThat(second.client()).isEqualTo(present.client());
  }

  @Test
  void whatIsSaidOnceIsToldWithoutATimeAndToNobodyWhoComesLater() {
    World world = World.open();
    TestLink bob = world.connect();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    bob.heard();

    JsonObject value = JsonObject.EMPTY.with("kind", 20_001);
    PrincipalId ann = new PrincipalId("ann");
    CompletionStage<?> unused =
        world.kernel.present(World.LOCAL, Present.once(World.SCOPE, "nostr", ann, value));
    world.turns.settle();
    assertThat(bob.heard())
        .containsExactly(new PresenceOf(World.SCOPE, "nostr", ann, "", 0, value, 0));
    TestLink late = world.connect();
    late.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    assertThat(late.heard()).noneMatch(PresenceOf.class::isInstance);
  }

  @Test
  void thoseWhoArePresentAreToldAsTheyAreRead() {
    World world = World.open();
    TestLink ann = world.connect();
    for (int place = 0; place < 30; place++) {
      ann.say(
          "{\"type\":\"presence\",\"scope\":\"org:1\",\"topic\":\"t"
              + place
              + "\",\"data\":{\"at\":1}}");
    }
    TestLink bob = world.connect();
    bob.fill();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    bob.drain(3); // the bootstrap and live
    assertThat(bob.heard()).hasSize(3).filteredOn(PresenceOf.class::isInstance).hasSize(1);
    bob.drain(2);
    assertThat(bob.heard()).hasSize(2);
    bob.drain();
    assertThat(bob.heard()).hasSize(27).allMatch(PresenceOf.class::isInstance);
  }

  @Test
  void presenceEndsWithItsConnection() {
    World world = World.open();
    TestLink ann = world.connect();
    TestLink bob = world.connect();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":1}}");
    bob.heard();

    ann.cut();

    PresenceOf gone = (PresenceOf) bob.heard().getFirst();
    assertThat(gone.data()).isNull();
    assertThat(gone.ttlMillis()).isZero();
  }

  @Test
  void theLastThingSaidOfAPlaceIsTheLastThatCounts() {
    World world = World.open();
    TestLink ann = world.connect();
    TestLink bob = world.connect();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    bob.heard();

    world.kernel.hold();
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":1}}");
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":2}}");
    world.kernel.release(true);
    world.turns.settle();

    assertThat(presences(bob)).containsExactly("{\"at\":1}", "{\"at\":2}");
  }

  @Test
  void nobodyIsLeftBehindByAWordThatIsOvertakenByItsConnectionsEnd() {
    World world = World.open();
    TestLink ann = world.connect();
    TestLink bob = world.connect();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    bob.heard();

    world.kernel.hold();
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":1}}");
    ann.cut();
    world.kernel.release(true);
    world.turns.settle();

    assertThat(presences(bob)).containsExactly("{\"at\":1}", "gone");
  }

  @Test
  void aWordThatIsLostTakesNoLaterOneOfItsPlaceAlong() {
    World world = World.open();
    TestLink ann = world.connect();
    TestLink bob = world.connect();
    bob.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    bob.heard();

    world.kernel.hold();
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":1}}");
    ann.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":2}}");
    world.kernel.loseFirst();
    world.kernel.release(true);
    world.turns.settle();
    ann.cut();
    world.turns.settle();

    assertThat(presences(bob)).containsExactly("{\"at\":2}", "gone");
  }

  private static List<String> presences(TestLink link) {
    return link.heard().stream()
        .map(PresenceOf.class::cast)
        .map(said -> said.data() == null ? "gone" : said.data().text())
        .toList();
  }

  @Test
  void presenceThatIsNotAnsweredIsBounded() {
    World world = World.open();
    TestLink link = world.connect();

    world.kernel.hold();
    for (int n = 0; n < 257; n++) {
      link.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{\"at\":" + n + "}}");
    }
    assertThat(errors(link)).containsExactly("rate_limited");

    world.kernel.release(false);
    world.turns.settle();
    link.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{}}");
    assertThat(errors(link)).isEmpty();
  }

  @Test
  void presenceNeedsTheRightToRead() {
    TestLink link = World.guarded().connect("Authorization", "Bearer bob");

    link.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{}}");

    assertThat(errors(link)).containsExactly("forbidden");
  }

  @Test
  void presenceIsBoundedPerConnection() {
    TestLink link = World.open().connect();

    for (int n = 0; n < 65; n++) {
      link.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"topic\":\"t" + n + "\",\"data\":{}}");
    }

    assertThat(errors(link)).containsExactly("presence_full");
  }

  @Test
  void aTokenCountsInTheHeaderInTheQueryAndInAFrame() {
    World world = World.guarded();

    for (TestLink link :
        List.of(
            world.connect("Authorization", "Bearer ann"),
            world.connectTo("/sync?token=ann"),
            world.connect().say("{\"type\":\"auth\",\"token\":\"ann\"}"))) {
      link.heard();
      link.say("{\"type\":\"subscribe\",\"scope\":\"org:9\"}");
      assertThat(errors(link))
          .as("ann has no right there, but she is known")
          .containsExactly("forbidden");
    }
  }

  @Test
  void authIsAnsweredWithThePrincipal() {
    TestLink link = World.guarded().connect();

    link.say("{\"type\":\"auth\",\"token\":\"ann\",\"ref\":\"a\"}");

    assertThat(link.heard())
        .containsExactly(new Authenticated(new PrincipalId("ann"), new Ref("a")));
  }

  @Test
  void aConnectionKeepsItsPrincipal() {
    TestLink link = World.guarded().connect("Authorization", "Bearer ann");

    link.say("{\"type\":\"auth\",\"token\":\"ann\"}");
    assertThat(link.heard()).hasSize(1);
    link.say("{\"type\":\"auth\",\"token\":\"bob\"}");

    assertThat(errors(link)).containsExactly("unauthenticated");
    assertThat(link.closeCode()).isEqualTo(1008);
  }

  @Test
  void aStrangerThatShowsNothingInTimeIsClosed() {
    World world = World.guarded();
    TestLink link = world.connect();

    world.turns.pass(Duration.ofSeconds(9));
    assertThat(link.closeCode()).isZero();
    world.turns.pass(Duration.ofSeconds(2));

    assertThat(errors(link)).containsExactly("unauthenticated");
    assertThat(link.closeCode()).isEqualTo(1008);
  }

  @Test
  void aDeadlineIsForgottenOnceATokenCounts() {
    World world = World.guarded();
    TestLink link = world.connect();
    link.say("{\"type\":\"auth\",\"token\":\"ann\"}");
    link.heard();

    world.turns.pass(Duration.ofMinutes(1));

    assertThat(link.heard()).isEmpty();
    assertThat(link.closeCode()).isZero();
  }

  @Test
  void tooManyFramesAreAnsweredNotDropped() {
    World world =
        World.open(
            new ScopeLimits(
                ScopeLimits.Session.DEFAULT.withRates(new Rate(10, 3), Rate.UNLIMITED),
                ScopeLimits.Http.DEFAULT));
    TestLink link = world.connect();

    for (int n = 0; n < 4; n++) {
      link.say("{\"type\":\"ping\"}");
    }

    List<ToClient> heard = link.heard();
    assertThat(heard).hasSize(4);
    ErrorAnswer last = (ErrorAnswer) heard.getLast();
    assertThat(last.code()).isEqualTo("rate_limited");
    assertThat(last.retryAfterMillis()).isPositive();
    world.turns.pass(Duration.ofMillis(last.retryAfterMillis()));
    assertThat(link.say("{\"type\":\"ping\"}").heard()).containsExactly(new Pong(null, null));
  }

  @Test
  void tooManyWritesAreAnsweredWithTheirRef() {
    World world =
        World.open(
            new ScopeLimits(
                ScopeLimits.Session.DEFAULT.withRates(Rate.UNLIMITED, new Rate(1, 2)),
                ScopeLimits.Http.DEFAULT));
    TestLink link = world.connect();
    link.say(push("a", insert("k1", "m1", "x"), insert("k2", "m2", "x")));
    link.heard();

    link.say(push("b", insert("k3", "m3", "x")));

    ErrorAnswer error = (ErrorAnswer) link.heard().getFirst();
    assertThat(error.code()).isEqualTo("rate_limited");
    assertThat(error.ref()).isEqualTo(new Ref("b"));
  }

  @Test
  void theWritesOfAllConnectionsOfAPrincipalCountTogether() {
    ScopeLimits.Http http = ScopeLimits.Http.DEFAULT;
    World world =
        World.open(
            new ScopeLimits(
                ScopeLimits.Session.DEFAULT,
                new ScopeLimits.Http(
                    http.push(),
                    http.entity(),
                    http.bootstrapPage(),
                    http.bootstrapCountMax(),
                    http.delta(),
                    http.waitSecondsMax(),
                    http.answerBytesMax(),
                    http.streamsMax(),
                    http.heartbeatMillis(),
                    http.requests(),
                    new Rate(1, 2),
                    http.principalsMax())));
    TestLink one = world.connect();
    one.say(push("a", insert("k1", "m1", "x"), insert("k2", "m2", "x")));
    assertThat(errors(one)).isEmpty();

    assertThat(errors(world.connect().say(push("b", insert("k3", "m3", "x")))))
        .containsExactly("rate_limited");
    String body = "{\"scope\":\"org:1\",\"id\":\"m3\",\"content\":\"x\"}";
    assertThat(world.post("/api/Message", body).status()).isEqualTo(429);
  }

  @Test
  void tooManyPushesInFlightAreAnswered() {
    World world = World.open();
    TestLink link = world.connect();
    world.kernel.hold();

    for (int n = 0; n < 65; n++) {
      link.say(push("p" + n, insert("k" + n, "m" + n, "x")));
    }
    assertThat(errors(link)).containsExactly("rate_limited");
    world.kernel.release(false);
    world.turns.settle();

    assertThat(link.heard()).hasSize(64).allMatch(Pushed.class::isInstance);
  }

  @Test
  void tooManySubscriptionsAreAnsweredAndReplacingOneIsNotAnother() {
    World world = World.open();
    TestLink link = world.connect();
    for (int n = 0; n < 256; n++) {
      link.say("{\"type\":\"subscribe\",\"scope\":\"org:" + n + "\"}");
    }
    assertThat(errors(link)).isEmpty();

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:0\"}");
    assertThat(errors(link)).isEmpty();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:256\",\"ref\":\"s\"}");

    assertThat(errors(link)).containsExactly("too_many_subscriptions");
  }

  @Test
  void aLostStoreIsUnavailableAndTheSessionGoesOn() {
    World world = World.open();
    TestLink link = world.connect();
    world.kernel.failWith(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"ref\":\"s\"}");
    link.say(push("p", insert("k1", "m1", "x")));
    link.say("{\"type\":\"presence\",\"scope\":\"org:1\",\"data\":{}}");
    List<ToClient> heard = link.heard();
    assertThat(heard)
        .hasSize(3)
        .allMatch(message ->
            message instanceof ErrorAnswer error
                && error.code().equals("unavailable")
                && error.retryAfterMillis() > 0);

    world.kernel.failWith(null);
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    link.say(push("q", insert("k1", "m1", "x")));
    assertThat(link.heard()).hasAtLeastOneElementOfType(Pushed.class);
    assertThat(world.failures).isEmpty();
  }

  @Test
  void aBugIsToldOnceAndEndsTheSession() {
    World world = World.open();
    TestLink link = world.connect();
    world.kernel.failWith(new IllegalStateException("a bug"));

    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");

    assertThat(errors(link)).containsExactly("internal");
    assertThat(link.closeCode()).isEqualTo(1011);
    assertThat(world.failures).hasSize(1);
  }

  @Test
  void aLinkThatIsGoneLeavesNothingBehind() {
    World world = World.open();
    TestLink link = world.connect();
    link.say("{\"type\":\"subscribe\",\"scope\":\"org:1\"}");
    link.cut();
    int frames = link.frames();

    world.put("m1", "text");

    assertThat(link.frames()).isEqualTo(frames);
  }

  @Test
  void aConnectionWithABadDeviceNameIsClosed() {
    TestLink link = World.open().connect("Anabranch-Device", "~mine");

    assertThat(errors(link)).containsExactly("invalid");
    assertThat(link.closeCode()).isEqualTo(1008);
  }

  static String push(String ref, String... writes) {
    return "{\"type\":\"push\",\"ref\":\""
        + ref
        + "\",\"writes\":["
        + String.join(",", writes)
        + "]}";
  }

  private static String atomic(String ref, String... writes) {
    return push(ref, writes).replace("\"writes\"", "\"atomic\":true,\"writes\"");
  }

  static String insert(String key, String id, String content) {
    return "{\"key\":\""
        + key
        + "\",\"scope\":\"org:1\",\"model\":\"Message\",\"id\":\""
        + id
        + "\",\"action\":\"insert\",\"data\":{\"content\":\""
        + content
        + "\"}}";
  }

  private static String write(String key, String data) {
    return "{\"key\":\""
        + key
        + "\",\"scope\":\"org:1\",\"model\":\"Message\",\"id\":\"m1\","
        + "\"action\":\"insert\",\"data\":"
        + data
        + "}";
  }

  private static Live live(long lastSyncId) {
    return new Live(World.SCOPE, lastSyncId, null);
  }

  static List<String> errors(TestLink link) {
    return link.heard().stream()
        .filter(ErrorAnswer.class::isInstance)
        .map(message -> ((ErrorAnswer) message).code())
        .toList();
  }

  private static List<String> codes(Pushed pushed) {
    return pushed.outcomes().stream()
        .map(outcome ->
            outcome.result() instanceof PushOutcome.Refused ? codeOf(outcome) : outcome.status())
        .toList();
  }

  private static String codeOf(PushOutcome outcome) {
    return ((PushOutcome.Refused) outcome.result()).code();
  }

  private static List<SyncEvent> events(Collection<? extends ScopeMessage> heard) {
    return heard.stream()
        .filter(Sync.class::isInstance)
        .flatMap(message -> ((Sync) message).events().stream())
        .toList();
  }

  private static List<Long> ids(Collection<? extends ScopeMessage> heard) {
    return events(heard).stream().map(SyncEvent::id).toList();
  }
}
