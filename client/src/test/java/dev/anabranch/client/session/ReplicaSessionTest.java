package dev.anabranch.client.session;

import static dev.anabranch.client.session.ToyServer.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReplicaSessionTest {

  private static final ScopeName DEMO = new ScopeName("org:demo");
  private static final ScopeName OTHER = new ScopeName("org:other");
  private static final EntityKey N1 = key(DEMO, "n1");
  private static final SessionLimits SMALL =
      new SessionLimits(5, 3, 2_000, 2, 100, 1_000, 2_000, 5_000);

  private final ToyServer server = new ToyServer();
  private final SimulatedDevice phone = device("phone", ConflictRule.KEEP_THEIRS);

  private SimulatedDevice device(String name, ConflictRule rule) {
    return new SimulatedDevice(name, server, rule, SMALL, new Random(7));
  }

  private static JsonObject title(String title) {
    return JsonObject.EMPTY.with("title", title);
  }

  private static void online(SimulatedDevice device) {
    device.step(session -> {
      session.follow(DEMO);
      session.goOnline();
    });
    device.connect();
    device.settle();
  }

  private @Nullable JsonObject seen(EntityKey key) {
    return phone.views(DEMO).get(key);
  }

  private List<WriteOutcome> outcomes() {
    return phone.told(Notice.WriteSettled.class).stream()
        .map(Notice.WriteSettled::outcome)
        .toList();
  }

  private List<LineState> lines() {
    return phone.told(Notice.LineChanged.class).stream().map(Notice.LineChanged::state).toList();
  }

  private static <M extends ScopeMessage> List<M> sent(SimulatedDevice device, Class<M> kind) {
    return device.sent.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  // The line.

  @Test
  void isOfflineUntilItIsToldOtherwise() {
    phone.step(session -> session.follow(DEMO));

    assertThat(phone.isDialling()).isFalse();
    assertThat(phone.session().line()).isEqualTo(LineState.OFFLINE);
  }

  @Test
  void goesThroughTheStatesOfItsLine() {
    online(phone);
    phone.cut();
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.step(ReplicaSession::goOffline);

    assertThat(lines())
        .containsExactly(
            LineState.DIALLING,
            LineState.CONNECTED,
            LineState.WAITING,
            LineState.DIALLING,
            LineState.CONNECTED,
            LineState.OFFLINE);
  }

  @Test
  void waitsLongerAfterEveryFailureButNeverLongerThanTheCap() {
    phone.step(ReplicaSession::goOnline);
    long longest = 0;
    for (int failure = 0; failure < 12; failure++) {
      phone.refuse();
      long wait = phone.wakeAt - phone.now;
      long whole = Math.min(1_000, 100L << failure);
      assertThat(wait).isBetween(whole / 2, whole);
      longest = Math.max(longest, wait);
      phone.tick(phone.wakeAt);
    }

    assertThat(longest).isGreaterThan(400);
  }

  @Test
  void beginsWithAShortWaitAgainOnceItWasLive() {
    phone.step(ReplicaSession::goOnline);
    for (int failure = 0; failure < 8; failure++) {
      phone.refuse();
      phone.tick(phone.wakeAt);
    }
    phone.connect();
    phone.step(session -> session.follow(DEMO));
    phone.settle();
    phone.cut();

    assertThat(phone.wakeAt - phone.now).isLessThanOrEqualTo(100);
  }

  @Test
  void goingOnlineEndsAWaitAtOnce() {
    phone.step(ReplicaSession::goOnline);
    phone.refuse();
    phone.step(ReplicaSession::goOnline);

    assertThat(phone.isDialling()).isTrue();
  }

  @Test
  void aLinkThatOpensAfterGoingOfflineIsNotWanted() {
    phone.step(ReplicaSession::goOnline);
    phone.step(ReplicaSession::goOffline);
    phone.connect();

    assertThat(phone.hasLine()).isFalse();
    assertThat(phone.session().line()).isEqualTo(LineState.OFFLINE);
  }

  @Test
  void asksASilentServerAndThenGivesTheLinkUp() {
    online(phone);
    phone.tick(2_000);
    assertThat(sent(phone, ScopeMessage.Ping.class)).hasSize(1);
    phone.settle();
    phone.tick(4_000);
    assertThat(sent(phone, ScopeMessage.Ping.class)).hasSize(2);
    phone.tick(7_000);

    assertThat(phone.hasLine()).isFalse();
    assertThat(phone.session().line()).isEqualTo(LineState.WAITING);
  }

  @Test
  void whatIsNoMessageEndsTheLink() {
    online(phone);
    phone.step(session -> session.garbled(1, "not JSON"));

    assertThat(phone.session().line()).isEqualTo(LineState.WAITING);
  }

  // Reading.

  @Test
  void fetchesCatchesUpAndLives() {
    server.write(N1, Action.INSERT, title("one"));
    online(phone);
    server.write(N1, Action.UPDATE, title("two"));
    phone.settle();

    assertThat(seen(N1)).isEqualTo(title("two"));
    assertThat(phone.session().state(DEMO)).isEqualTo(ScopeState.LIVE);
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void goesOnFromItsCursorAfterACut() {
    online(phone);
    server.write(N1, Action.INSERT, title("one"));
    phone.settle();
    phone.cut();
    server.write(N1, Action.UPDATE, title("two"));
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();

    assertThat(sent(phone, ScopeMessage.Subscribe.class).getLast().lastSyncId())
        .isEqualTo(server.log().getFirst().id());
    assertThat(seen(N1)).isEqualTo(title("two"));
  }

  @Test
  void aRecordThatIsNewerThanTheSnapshotsCursorIsNotChangedBack() {
    phone.step(session -> session.follow(DEMO));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.deliverOut();
    ScopeMessage.ToClient end = phone.nextIn();
    assertThat(end).isInstanceOf(ScopeMessage.Bootstrap.class);
    ScopeMessage.Bootstrap empty = (ScopeMessage.Bootstrap) end;
    server.write(N1, Action.INSERT, title("one").with("extra", "x"));
    server.write(N1, Action.UPDATE, title("two").with("extra", JsonNull.NULL));
    // The record was read after both changes, the cursor before them.
    phone.hear(
        new ScopeMessage.Bootstrap(
            DEMO, Map.of(N1.model(), List.of(record(N1))), true, 0, empty.ref()));
    phone.settle();

    assertThat(phone.told(Notice.EntityChanged.class))
        .extracting(change -> change.after() == null ? null : change.after().data())
        .containsExactly(title("two"));
  }

  private SyncRecord record(EntityKey key) {
    return new SyncRecord(
        key.id(),
        key.scope(),
        server.log().getLast().version(),
        server.log().getLast().id(),
        1,
        2,
        Objects.requireNonNull(server.state(key.scope()).get(key)),
        null,
        false);
  }

  @Test
  void anUpdateOfAnEntityWhoseDeleteWasInTheSnapshotBringsNothingBack() {
    server.write(N1, Action.INSERT, title("one"));
    phone.step(session -> session.follow(DEMO));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.deliverOut();
    ScopeMessage.Bootstrap first = (ScopeMessage.Bootstrap) phone.nextIn();
    assertThat(first).isNotNull();
    server.write(N1, Action.UPDATE, title("two"));
    server.write(N1, Action.DELETE, null);
    phone.hear(new ScopeMessage.Bootstrap(DEMO, Map.of(), true, first.lastSyncId(), first.ref()));
    phone.settle();

    assertThat(phone.told(Notice.EntityChanged.class)).isEmpty();
  }

  @Test
  void aSnapshotReplacesTheScopeUnderThePendingWrites() {
    EntityKey gone = key(DEMO, "gone");
    server.write(gone, Action.INSERT, title("old"));
    online(phone);
    phone.step(ReplicaSession::goOffline);
    phone.write(Draft.put(N1, title("mine")));
    server.write(gone, Action.DELETE, null);
    server.write(key(DEMO, "n2"), Action.INSERT, title("new"));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    server.refetch(DEMO);
    phone.deliverOut();
    server.refetch(DEMO);
    phone.settle();

    assertThat(phone.views(DEMO)).isEqualTo(server.state(DEMO));
    assertThat(seen(N1)).isEqualTo(title("mine"));
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void aHalfSnapshotIsForgottenWhenTheLineBreaks() {
    server.write(N1, Action.INSERT, title("one"));
    phone.step(session -> session.follow(DEMO));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.deliverOut();
    phone.deliverIn(); // the part, not the end
    phone.cut();
    assertThat(phone.views(DEMO)).isEmpty();
    server.write(N1, Action.DELETE, null);
    server.write(key(DEMO, "n2"), Action.INSERT, title("two"));
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();

    assertThat(phone.views(DEMO)).isEqualTo(server.state(DEMO));
  }

  @Test
  void severalScopesShareOneLineEachWithItsOwnCursor() {
    online(phone);
    phone.step(session -> session.follow(OTHER));
    phone.settle();
    server.write(key(OTHER, "x"), Action.INSERT, title("other"));
    server.write(N1, Action.INSERT, title("demo"));
    phone.settle();

    assertThat(phone.views(OTHER)).isEqualTo(server.state(OTHER));
    assertThat(phone.views(DEMO)).isEqualTo(server.state(DEMO));
    assertThat(phone.read(ReplicaReading::cursors)).hasSize(2);
  }

  @Test
  void aScopeThatMayNotBeReadIsToldAndKeptAsItIs() {
    online(phone);
    phone.step(session -> session.follow(OTHER));
    ScopeMessage.Subscribe asked = sent(phone, ScopeMessage.Subscribe.class).getLast();
    phone.hear(new ScopeMessage.ErrorAnswer("forbidden", "no right", OTHER.text(), 0, asked.ref()));

    assertThat(phone.session().state(OTHER)).isEqualTo(ScopeState.REFUSED);
    assertThat(phone.session().state(DEMO)).isEqualTo(ScopeState.LIVE);
  }

  @Test
  void aScopeThatMayNotBeReadIsAskedForAgainWhenTheUserDoesSo() {
    online(phone);
    forbidden(OTHER);
    server.write(key(OTHER, "x"), Action.INSERT, title("other"));
    phone.step(session -> session.follow(OTHER));
    phone.settle();

    assertThat(phone.session().state(OTHER)).isEqualTo(ScopeState.LIVE);
    assertThat(phone.views(OTHER)).isEqualTo(server.state(OTHER));
    assertThat(sent(phone, ScopeMessage.Subscribe.class)).hasSize(3);
  }

  @Test
  void aScopeThatMayNotBeReadIsAskedForAgainAfterAWhile() {
    online(phone);
    forbidden(OTHER);
    long asked = phone.now;
    phone.tick(asked + 1_000);
    assertThat(sent(phone, ScopeMessage.Subscribe.class)).hasSize(2);
    while (phone.now < asked + ReplicaSession.FORBIDDEN_RETRY_MILLIS) {
      phone.tick(phone.now + 1_000);
      phone.settle();
    }

    assertThat(phone.session().state(OTHER)).isEqualTo(ScopeState.LIVE);
    assertThat(sent(phone, ScopeMessage.Subscribe.class)).hasSize(3);
  }

  /// A scope that the phone asks for, and hears that it may not read it.
  private void forbidden(ScopeName scope) {
    phone.step(session -> session.follow(scope));
    ScopeMessage.Subscribe asked = sent(phone, ScopeMessage.Subscribe.class).getLast();
    phone.loseOut();
    phone.hear(new ScopeMessage.ErrorAnswer("forbidden", "no right", scope.text(), 0, asked.ref()));
  }

  @Test
  void aScopeThatIsRefusedForAWhileIsAskedForAgain() {
    online(phone);
    phone.step(session -> session.follow(OTHER));
    ScopeMessage.Subscribe asked = sent(phone, ScopeMessage.Subscribe.class).getLast();
    phone.hear(
        new ScopeMessage.ErrorAnswer("unavailable", "later", OTHER.text(), 500, asked.ref()));
    phone.tick(phone.now + 500);

    assertThat(sent(phone, ScopeMessage.Subscribe.class).getLast().scope()).isEqualTo(OTHER);
    assertThat(sent(phone, ScopeMessage.Subscribe.class)).hasSize(3);
  }

  @Test
  void aForgottenScopeIsFollowedNoMore() {
    server.write(N1, Action.INSERT, title("one"));
    online(phone);
    phone.step(session -> assertThat(session.forget(DEMO)).isTrue());
    server.write(N1, Action.UPDATE, title("two"));
    phone.settle();
    assertThat(phone.views(DEMO)).isEmpty();
    assertThat(phone.session().isQuiet()).isTrue();
    phone.step(session -> session.follow(DEMO));
    phone.settle();

    assertThat(seen(N1)).isEqualTo(title("two"));
  }

  /// Writes, hears the write's echo and forgets the scope before the push is answered.
  private void forgottenBeforeTheAnswer() {
    online(phone);
    phone.write(Draft.put(N1, title("mine")));
    phone.deliverOut();
    phone.deliverIn();
    phone.step(session -> assertThat(session.forget(DEMO)).isTrue());
  }

  @Test
  void anAnswerToAPushOfAForgottenScopeIsPassedOver() {
    forgottenBeforeTheAnswer();
    phone.settle();
    assertThat(phone.session().line()).isEqualTo(LineState.CONNECTED);
    phone.step(session -> session.follow(DEMO));
    phone.write(Draft.put(N1, title("next")));
    phone.settle();

    assertThat(seen(N1)).isEqualTo(title("next"));
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void aRefusalOfAPushOfAForgottenScopeIsPassedOver() {
    forgottenBeforeTheAnswer();
    ScopeMessage.Push push = sent(phone, ScopeMessage.Push.class).getLast();
    phone.hear(new ScopeMessage.ErrorAnswer("unavailable", "later", null, 100, push.ref()));

    assertThat(phone.session().line()).isEqualTo(LineState.CONNECTED);
    assertThat(phone.session().state(DEMO)).isEqualTo(ScopeState.STALE);
  }

  @Test
  void anAnswerOfAForgottenScopeIsNotTakenForThatOfTheNextPush() {
    forgottenBeforeTheAnswer();
    phone.write(Draft.put(N1, title("next")));
    phone.deliverIn();
    phone.write(Draft.put(N1, title("last")));
    assertThat(sent(phone, ScopeMessage.Push.class)).hasSize(3);
    phone.settle();

    assertThat(seen(N1)).isEqualTo(title("last"));
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void aScopeWithPendingWritesIsNotForgotten() {
    phone.write(Draft.put(N1, title("mine")));
    phone.step(session -> assertThat(session.forget(DEMO)).isFalse());

    assertThat(seen(N1)).isEqualTo(title("mine"));
  }

  // Writing.

  @Test
  void aWriteIsShownAtOnceAndAppliedLater() {
    online(phone);
    phone.write(Draft.put(N1, title("mine")));
    assertThat(seen(N1)).isEqualTo(title("mine"));
    assertThat(phone.told(Notice.WriteSent.class)).hasSize(1);
    assertThat(outcomes()).isEmpty();
    phone.settle();

    assertThat(outcomes()).containsExactly(new WriteOutcome.Applied(103, 1));
    assertThat(phone.session().pendingCount()).isZero();
  }

  @Test
  void nothingFlickersWhenTheAnswerComesBeforeTheEcho() {
    online(phone);
    phone.write(Draft.put(N1, title("mine")));
    phone.deliverOut();
    ScopeMessage.ToClient echo = phone.nextIn();
    assertThat(echo).isInstanceOf(ScopeMessage.Sync.class);
    phone.deliverIn(); // the answer
    assertThat(seen(N1)).isEqualTo(title("mine"));
    assertThat(phone.session().pendingCount()).isEqualTo(1);
    assertThat(outcomes()).hasSize(1);
    phone.hear((ScopeMessage.Sync) echo);

    assertThat(phone.session().pendingCount()).isZero();
    assertThat(outcomes()).hasSize(1);
    assertThat(phone.told(Notice.EntityChanged.class)).hasSize(1);
  }

  @Test
  void nothingFlickersWhenTheEchoComesBeforeTheAnswer() {
    online(phone);
    phone.write(Draft.put(N1, title("mine")));
    phone.deliverOut();
    phone.deliverIn(); // the echo
    assertThat(phone.session().pendingCount()).isZero();
    phone.deliverIn(); // the answer

    assertThat(outcomes()).containsExactly(new WriteOutcome.Applied(103, 1));
    assertThat(phone.told(Notice.EntityChanged.class)).hasSize(1);
  }

  @Test
  void aPushDoesNotWaitForTheAnswerToTheOneThatItFollows() {
    online(phone);
    phone.write(Draft.put(N1, title("t0")));
    phone.write(Draft.put(N1, title("t1")));

    List<ScopeMessage.Push> pushes = sent(phone, ScopeMessage.Push.class);
    assertThat(pushes).hasSize(2);
    assertThat(pushes.getFirst().after()).isNull();
    assertThat(pushes.getLast().after()).isEqualTo(pushes.getFirst().ref());
  }

  @Test
  void writesMadeWhileAllPushesTravelGoTogetherInTheNext() {
    online(phone);
    for (int number = 0; number < 5; number++) {
      phone.write(Draft.put(N1, title("t" + number)));
    }
    assertThat(sent(phone, ScopeMessage.Push.class)).hasSize(SMALL.pushesMax());
    phone.settle();

    List<ScopeMessage.Push> pushes = sent(phone, ScopeMessage.Push.class);
    assertThat(pushes).extracting(push -> push.batch().writes().size()).containsExactly(1, 1, 3);
    assertThat(server.state(DEMO).get(N1)).isEqualTo(title("t4"));
  }

  @Test
  void whatFollowsAPushThatWasTurnedAwayIsSentBehindItAfterOnePause() {
    online(phone);
    server.turnAway(1);
    phone.write(Draft.put(N1, title("first")));
    phone.write(Draft.put(N1, title("second")));
    phone.settle();
    assertThat(server.log()).isEmpty();
    long pause = phone.wakeAt - phone.now;
    phone.tick(phone.wakeAt);
    phone.settle();

    assertThat(pause).isBetween(1L, 2 * SMALL.backoffFirstMillis());
    assertThat(server.log())
        .extracting(SyncEvent::data)
        .containsExactly(title("first"), title("second"));
    assertThat(sent(phone, ScopeMessage.Push.class)).hasSize(3);
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void whatFollowsARefusedWriteIsSentAgainWithoutAPause() {
    online(phone);
    server.forbidden.add(DEMO);
    phone.write(Draft.put(N1, title("first")));
    phone.write(Draft.put(N1, title("second")));
    phone.deliverOut();
    server.forbidden.clear();
    phone.settle();

    assertThat(outcomes().getFirst()).isInstanceOf(WriteOutcome.Refused.class);
    assertThat(server.log()).extracting(SyncEvent::data).containsExactly(title("second"));
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void pushesOfAllScopesAreBoundedByCount() {
    SimulatedDevice tablet = roomy();
    for (int scope = 0; scope < 60; scope++) {
      tablet.write(Draft.put(key(new ScopeName("org:s" + scope), "n"), title("x")));
    }
    connect(tablet);
    assertThat(sent(tablet, ScopeMessage.Push.class)).hasSize(48);
    tablet.settle();

    assertThat(server.log()).hasSize(60);
    assertThat(tablet.session().isQuiet()).isTrue();
  }

  @Test
  void pushesOfAllScopesAreBoundedByBytes() {
    SimulatedDevice tablet = roomy();
    String body = "x".repeat(60_000);
    for (int scope = 0; scope < 10; scope++) {
      for (int note = 0; note < 8; note++) {
        tablet.write(Draft.put(key(new ScopeName("org:s" + scope), "n" + note), title(body)));
      }
    }
    connect(tablet);
    assertThat(sent(tablet, ScopeMessage.Push.class)).hasSizeBetween(4, 6);
    tablet.settle();

    assertThat(server.log()).hasSize(80);
    assertThat(tablet.session().isQuiet()).isTrue();
  }

  private SimulatedDevice roomy() {
    return new SimulatedDevice(
        "tablet", server, ConflictRule.KEEP_THEIRS, SessionLimits.DEFAULT, new Random(8));
  }

  private static void connect(SimulatedDevice device) {
    device.step(ReplicaSession::goOnline);
    device.connect();
  }

  @Test
  void aPushIsBoundedByCountAndBytes() {
    online(phone);
    phone.write(Draft.put(N1, title("first")));
    phone.write(Draft.put(N1, title("x".repeat(1_500))));
    phone.write(Draft.put(N1, title("y".repeat(1_500))));
    phone.write(Draft.put(N1, title("z")));
    phone.settle();

    assertThat(sent(phone, ScopeMessage.Push.class))
        .extracting(push -> push.batch().writes().size())
        .containsExactly(1, 1, 2);
  }

  @Test
  void aRefusedWriteIsTakenBackAndDoesNotBlockTheNext() {
    online(phone);
    phone.write(Draft.put(key(DEMO, "bad"), JsonObject.EMPTY.with("forbidden", 1)));
    phone.write(Draft.put(N1, title("good")));
    assertThat(phone.views(DEMO)).hasSize(2);
    phone.settle();

    assertThat(phone.views(DEMO)).isEqualTo(server.state(DEMO)).containsOnlyKeys(N1);
    assertThat(outcomes().getFirst()).isInstanceOf(WriteOutcome.Refused.class);
    assertThat(outcomes().getLast()).isInstanceOf(WriteOutcome.Applied.class);
  }

  @Test
  void aConflictGoesFromMineToTheirsWithoutADetour() {
    server.write(N1, Action.INSERT, title("base"));
    online(phone);
    server.write(N1, Action.UPDATE, title("theirs"));
    phone.nextIn(); // the change is under way and lost
    phone.write(Draft.patch(N1, title("mine")).expecting(1));
    phone.settle();

    assertThat(phone.told(Notice.EntityChanged.class))
        .extracting(change -> change.after() == null ? null : change.after().data())
        .containsExactly(title("base"), title("mine"), title("theirs"));
    WriteOutcome.Conflicted conflicted = (WriteOutcome.Conflicted) outcomes().getLast();
    assertThat(conflicted.conflict().base()).isEqualTo(title("base"));
    assertThat(conflicted.conflict().mine()).isEqualTo(title("mine"));
    assertThat(conflicted.conflict().theirs()).isEqualTo(title("theirs"));
    assertThat(conflicted.conflict().theirVersion()).isEqualTo(2);
    assertThat(conflicted.rewrittenAs()).isNull();
  }

  @Test
  void aConflictRuleCanMergeUnderANewKey() {
    SimulatedDevice tablet = device("tablet", ConflictRule.MERGE_FIELDS);
    server.write(N1, Action.INSERT, title("base").with("body", "base"));
    online(tablet);
    server.write(N1, Action.UPDATE, JsonObject.EMPTY.with("body", "theirs"));
    tablet.write(Draft.patch(N1, title("mine")).expecting(1));
    tablet.settle();

    assertThat(server.state(DEMO).get(N1)).isEqualTo(title("mine").with("body", "theirs"));
    assertThat(tablet.views(DEMO)).isEqualTo(server.state(DEMO));
    List<Notice.WriteSettled> settled = tablet.told(Notice.WriteSettled.class);
    assertThat(settled).hasSize(2);
    assertThat(((WriteOutcome.Conflicted) settled.getFirst().outcome()).rewrittenAs())
        .isEqualTo(settled.getLast().write().key())
        .isNotEqualTo(settled.getFirst().write().key());
  }

  @Test
  void aConflictRuleThatThrowsKeepsTheirs() {
    SimulatedDevice tablet =
        device(
            "tablet",
            conflict -> {
              throw new IllegalStateException("no idea");
            });
    server.write(N1, Action.INSERT, title("theirs"));
    online(tablet);
    tablet.write(Draft.put(N1, title("mine")).expecting(0));
    tablet.settle();

    assertThat(tablet.views(DEMO)).isEqualTo(server.state(DEMO));
    assertThat(tablet.told(Notice.Trouble.class)).hasSize(1);
  }

  @Test
  void aChainOfCarefulWritesDoesNotConflictWithItself() {
    online(phone);
    phone.step(ReplicaSession::goOffline);
    phone.write(Draft.put(N1, title("one")).expecting(0));
    for (String next : List.of("two", "three")) {
      long version = Objects.requireNonNull(phone.view(N1)).version();
      phone.write(Draft.patch(N1, title(next)).expecting(version));
    }
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.settle();

    assertThat(outcomes()).hasSize(3).allMatch(WriteOutcome.Applied.class::isInstance);
    assertThat(server.state(DEMO).get(N1)).isEqualTo(title("three"));
  }

  @Test
  void aPushThatIsRefusedForAWhileIsSentAgainUnderTheSameKeys() {
    online(phone);
    server.turnAwayUntil(1_000);
    server.clock(0);
    QueuedWrite write = phone.write(Draft.put(N1, title("patient")));
    phone.settle();
    assertThat(phone.session().pendingCount()).isEqualTo(1);
    server.clock(5_000);
    phone.tick(phone.wakeAt);
    phone.settle();

    assertThat(write).isNotNull();
    assertThat(server.log()).hasSize(1);
    assertThat(server.log().getFirst().key()).isEqualTo(write.key());
    assertThat(outcomes()).containsExactly(new WriteOutcome.Applied(103, 1));
  }

  @Test
  void aPushThatIsRefusedAsAWholeIsHalvedUntilTheBadWriteIsAlone() {
    phone.write(Draft.put(N1, title("a")));
    phone.write(Draft.put(N1, title("b")));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    ScopeMessage.Push both = sent(phone, ScopeMessage.Push.class).getLast();
    assertThat(both.batch().writes()).hasSize(2);
    phone.hear(new ScopeMessage.ErrorAnswer("too_large", "too large", null, 0, both.ref()));
    ScopeMessage.Push one = sent(phone, ScopeMessage.Push.class).getLast();
    assertThat(one.batch().writes()).hasSize(1);
    phone.hear(new ScopeMessage.ErrorAnswer("too_large", "too large", null, 0, one.ref()));

    assertThat(outcomes()).containsExactly(new WriteOutcome.Refused("too_large", "too large"));
    assertThat(phone.session().pendingCount()).isEqualTo(1);
  }

  @Test
  void aConflictRuleThatWritesMoreThanAWriteMayHoldIsPassedOver() {
    JsonObject large = title("x".repeat(Draft.DATA_BYTES_MAX));
    SimulatedDevice tablet =
        device("tablet", conflict -> new Resolution.Rewrite(Action.UPDATE, large));
    server.write(N1, Action.INSERT, title("one"));
    online(tablet);
    tablet.write(Draft.patch(N1, title("mine")).expecting(7));
    tablet.settle();

    assertThat(tablet.views(DEMO).get(N1)).isEqualTo(title("one"));
    assertThat(tablet.session().pendingCount()).isZero();
    assertThat(tablet.told(Notice.Trouble.class))
        .singleElement()
        .asString()
        .contains("the conflict rule failed, theirs is kept");
  }

  @Test
  void aFullQueueRefusesOneMore() {
    for (int number = 0; number < 5; number++) {
      assertThat(phone.write(Draft.put(N1, title("t" + number)))).isNotNull();
    }

    assertThat(phone.write(Draft.put(N1, title("one too many")))).isNull();
    assertThat(seen(N1)).isEqualTo(title("t4"));
  }

  @Test
  void aKilledDeviceSendsWhatItHadQueuedUnderTheSameKeys() {
    online(phone);
    phone.stepAndDie(session -> session.write(Draft.put(N1, title("kept"))));
    assertThat(seen(N1)).isEqualTo(title("kept"));
    phone.connect();
    phone.settle();

    assertThat(server.state(DEMO).get(N1)).isEqualTo(title("kept"));
  }

  @Test
  void aDeviceKilledBeforeTheCommitKnowsNothingOfTheWrite() {
    online(phone);
    phone.dieInStep(session -> session.write(Draft.put(N1, title("never"))));
    phone.connect();
    phone.settle();

    assertThat(server.log()).isEmpty();
    assertThat(phone.views(DEMO)).isEmpty();
  }

  @Test
  void aWriteWhoseAnswerWasLostTakesEffectOnce() {
    online(phone);
    phone.write(Draft.patch(N1, title("x")));
    phone.write(Draft.put(N1, title("once")));
    phone.deliverOut();
    phone.cut();
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();

    assertThat(server.log()).hasSize(1);
    assertThat(outcomes()).hasSize(2);
    assertThat(phone.session().isQuiet()).isTrue();
  }

  /// Found by the laws: an answer was lost, a snapshot held the first write without naming it, and
  /// the second one's echo left the first on top.
  @Test
  void aWriteWhoseAnswerIsStillUnderWayIsNotShownOverALaterOneThatCameBack() {
    phone.step(session -> session.follow(DEMO));
    phone.step(ReplicaSession::goOnline);
    phone.connect();
    phone.deliverOut();
    phone.write(Draft.put(N1, title("one")));
    phone.deliverOut();
    phone.cut();
    phone.write(Draft.put(N1, title("two")));
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();

    assertThat(phone.told(Notice.EntityChanged.class))
        .extracting(change -> change.after() == null ? null : change.after().data())
        .containsExactly(title("one"), title("two"));
    assertThat(phone.session().isQuiet()).isTrue();
  }

  private QueuedWrite acceptedButLost() {
    server.write(key(DEMO, "other"), Action.INSERT, title("other"));
    online(phone);
    QueuedWrite write = Objects.requireNonNull(phone.write(Draft.put(N1, title("mine"))));
    ScopeMessage.Push push = sent(phone, ScopeMessage.Push.class).getLast();
    phone.hear(
        new ScopeMessage.Pushed(
            List.of(PushOutcome.first(write.key(), new PushOutcome.Applied(900, 9, 9))),
            push.ref()));
    assertThat(phone.session().pendingCount()).isEqualTo(1);
    phone.cut();
    phone.tick(phone.wakeAt);
    phone.connect();
    return write;
  }

  @Test
  void aWriteThatWasAcceptedInAHistoryThatIsGoneIsSentAgain() {
    QueuedWrite write = acceptedButLost();
    ScopeMessage.Subscribe asked = sent(phone, ScopeMessage.Subscribe.class).getLast();
    phone.hear(new ScopeMessage.Refetch(DEMO, RefetchReason.EPOCH, asked.ref()));
    phone.settle();

    assertThat(server.log()).hasSize(2);
    assertThat(server.log().getLast().key()).isEqualTo(write.key());
    assertThat(phone.session().isQuiet()).isTrue();
    assertThat(seen(N1)).isEqualTo(title("mine"));
  }

  @Test
  void aWriteThatTheServerAcceptedAndLostIsSentAgainOnTheNextLine() {
    QueuedWrite write = acceptedButLost();
    phone.settle();

    assertThat(server.log().getLast().key()).isEqualTo(write.key());
    assertThat(phone.session().isQuiet()).isTrue();
    assertThat(phone.told(Notice.EntityChanged.class)).hasSize(2);
  }

  /// Found by the laws of documents: the next change of the new history seemed to be behind it.
  @Test
  void aWriteThatTheServerAcceptedAndLostIsSentAgainThoughLaterChangesComeFirst() {
    server.write(key(DEMO, "first"), Action.INSERT, title("first"));
    online(phone);
    QueuedWrite write = Objects.requireNonNull(phone.write(Draft.put(N1, title("mine"))));
    phone.deliverOut();
    phone.nextIn(); // the change is lost under way
    phone.deliverIn();
    server.loseTheLast(1);
    phone.cut();
    server.write(key(DEMO, "other"), Action.INSERT, title("other"));
    phone.tick(phone.wakeAt);
    phone.connect();
    phone.settle();

    assertThat(server.log()).hasSize(3);
    assertThat(server.log().getLast().key()).isEqualTo(write.key());
    assertThat(seen(N1)).isEqualTo(title("mine"));
    assertThat(phone.session().isQuiet()).isTrue();
  }

  @Test
  void anAnswerWithAnotherNumberOfOutcomesEndsTheLink() {
    online(phone);
    phone.write(Draft.put(N1, title("x")));
    ScopeMessage.Push push = sent(phone, ScopeMessage.Push.class).getLast();
    phone.hear(new ScopeMessage.Pushed(List.of(), push.ref()));

    assertThat(phone.session().line()).isEqualTo(LineState.WAITING);
    assertThat(phone.session().pendingCount()).isEqualTo(1);
  }

  @Test
  void theSameKeyFromAnotherDeviceIsNoEcho() {
    online(phone);
    QueuedWrite write = phone.write(Draft.put(N1, title("mine")));
    assertThat(write).isNotNull();
    phone.hear(
        new ScopeMessage.Sync(
            DEMO,
            List.of(
                new SyncEvent(
                    50,
                    1,
                    DEMO,
                    N1.model(),
                    N1.id(),
                    Action.INSERT,
                    title("forged"),
                    null,
                    1,
                    new PrincipalId("eve"),
                    new DeviceId("eves"),
                    write.key(),
                    0,
                    false))));

    assertThat(seen(N1)).isEqualTo(title("mine"));
    assertThat(phone.session().pendingCount()).isEqualTo(1);
  }

  @Test
  void aWriteThatTheServerCannotReadIsFoundAndRefusedAndTheOthersGoOn() {
    online(phone);
    phone.step(session -> session.follow(OTHER));
    phone.settle();
    QueuedWrite bad = null;
    phone.step(ReplicaSession::goOffline);
    for (int n = 1; n <= 3; n++) {
      QueuedWrite write = phone.write(Draft.put(key(DEMO, "n" + n), title("x")));
      bad = n == 2 ? write : bad;
    }
    phone.write(Draft.put(key(OTHER, "o1"), title("x")));
    long unreadable = Objects.requireNonNull(bad).number();
    phone.step(ReplicaSession::goOnline);
    for (int line = 0; line < 20 && phone.session().pendingCount() > 0; line++) {
      if (!phone.isDialling()) {
        phone.tick(phone.wakeAt);
      }
      phone.connect();
      cannotRead(unreadable);
    }

    assertThat(phone.session().pendingCount()).isZero();
    assertThat(outcomes()).hasSize(4);
    assertThat(phone.told(Notice.WriteSettled.class))
        .filteredOn(told -> told.outcome() instanceof WriteOutcome.Refused)
        .singleElement()
        .satisfies(told -> {
          assertThat(told.write().number()).isEqualTo(unreadable);
          assertThat(told.outcome())
              .isEqualTo(new WriteOutcome.Refused("malformed", "the text is not JSON"));
        });
  }

  /// Whatever is said on this line arrives, but a push that holds a write cannot be read.
  private void cannotRead(long number) {
    String key =
        phone.<String>read(replica ->
            replica.pending().stream()
                .filter(write -> write.number() == number)
                .map(write -> write.key().text())
                .findFirst()
                .orElse(""));
    boolean moved = true;
    while (moved && phone.hasLine()) {
      if (!key.isEmpty() && phone.nextOutHolds(key)) {
        phone.hear(
            new ScopeMessage.ErrorAnswer("malformed", "the text is not JSON", null, 0, null));
        return;
      }
      moved = phone.deliverOut() | phone.deliverIn();
    }
  }

  @Test
  void aScopeThatFoundNoRoomIsFollowedWhenAnotherLeavesItsPlace() {
    ScopeName third = new ScopeName("org:third");
    ScopeName fourth = new ScopeName("org:zebra");
    server.followedMax = 2;
    online(phone);
    phone.step(session -> session.follow(OTHER));
    for (ScopeName scope : List.of(third, fourth)) {
      phone.step(session -> session.follow(scope));
      phone.write(Draft.put(key(scope, "n"), title("x")));
    }
    phone.settle();
    assertThat(phone.session().state(third)).isEqualTo(ScopeState.REFUSED);
    assertThat(outcomes()).hasSize(2).allMatch(WriteOutcome.Applied.class::isInstance);
    assertThat(phone.session().pendingCount()).as("whose changes have not come").isEqualTo(2);

    phone.step(session -> assertThat(session.forget(DEMO)).isTrue());
    phone.settle();
    assertThat(phone.session().state(third)).isEqualTo(ScopeState.LIVE);
    assertThat(phone.session().state(fourth)).isEqualTo(ScopeState.REFUSED);
    assertThat(phone.session().pendingCount()).isEqualTo(1);
    phone.step(session -> assertThat(session.forget(OTHER)).isTrue());
    phone.settle();

    assertThat(phone.session().isQuiet()).isTrue();
  }

  // Presence.

  @Test
  void presenceIsSaidAgainBeforeItExpiresAndOnEveryNewLine() {
    online(phone);
    phone.step(session -> session.present(DEMO, "", title("here"), 1_000));
    phone.tick(phone.wakeAt);
    assertThat(sent(phone, ScopeMessage.Presence.class)).hasSize(2);
    phone.cut();
    phone.tick(phone.wakeAt);
    phone.connect();
    assertThat(sent(phone, ScopeMessage.Presence.class)).hasSize(3);
    phone.step(session -> session.present(DEMO, "", null, 1_000));

    assertThat(sent(phone, ScopeMessage.Presence.class).getLast().data()).isNull();
    assertThat(sent(phone, ScopeMessage.Presence.class)).hasSize(4);
  }

  @Test
  void aRefusedPresenceIsToldAndChangesGoOnComing() {
    online(phone);
    phone.step(session -> session.present(DEMO, "n1", title("here"), 1_000));
    ScopeMessage.Presence said = sent(phone, ScopeMessage.Presence.class).getLast();
    phone.hear(
        new ScopeMessage.ErrorAnswer("presence_full", "too many", DEMO.text(), 0, said.ref()));
    server.write(N1, Action.INSERT, title("one"));
    phone.settle();

    assertThat(phone.session().state(DEMO)).isEqualTo(ScopeState.LIVE);
    assertThat(seen(N1)).isEqualTo(title("one"));
    assertThat(phone.told(Notice.Trouble.class))
        .containsExactly(
            new Notice.Trouble("presence in org:demo is refused: presence_full: too many"));
  }

  @Test
  void presenceWithoutALineWakesNobody() {
    online(phone);
    phone.step(session -> session.present(DEMO, "", title("here"), 1_000));
    phone.cut();
    long dialAt = phone.wakeAt;
    phone.now += 60_000;
    phone.step(ReplicaSession::goOnline);
    phone.refuse();

    assertThat(dialAt).isLessThan(Long.MAX_VALUE);
    assertThat(phone.wakeAt).isGreaterThan(phone.now);
  }

  @Test
  void neighboursComeGoAndExpire() {
    online(phone);
    phone.hear(present("tablet", 1, title("a"), 1_000));
    phone.hear(present("laptop", 2, title("b"), 9_000));
    phone.hear(present("phone", 3, title("myself"), 9_000));
    assertThat(neighbours()).containsExactly("tablet", "laptop");
    phone.tick(phone.now + 1_000);
    assertThat(neighbours()).containsExactly("laptop");
    phone.hear(present("laptop", 2, null, 0));
    assertThat(neighbours()).isEmpty();
    phone.hear(present("laptop", 2, title("b"), 9_000));
    phone.cut();

    assertThat(neighbours()).isEmpty();
  }

  @Test
  void whatIsSaidOnceIsToldAndIsNobodysPresence() {
    online(phone);
    phone.hear(present("tablet", 1, title("a"), 1_000));
    phone.hear(present("", 0, title("said"), 0));

    assertThat(neighbours()).containsExactly("tablet");
    assertThat(phone.told(Notice.PresenceChanged.class)).hasSize(1);
    assertThat(phone.told(Notice.Said.class))
        .containsExactly(
            new Notice.Said(DEMO, new Notice.Neighbour("", "ada", "", 0, title("said"))));
  }

  private static ScopeMessage.PresenceOf present(
      String device, long client, @Nullable JsonObject value, long ttlMillis) {
    return new ScopeMessage.PresenceOf(
        DEMO, "", new PrincipalId("ada"), device, client, value, ttlMillis);
  }

  private List<String> neighbours() {
    return phone.told(Notice.PresenceChanged.class).getLast().present().stream()
        .map(Notice.Neighbour::device)
        .toList();
  }
}
