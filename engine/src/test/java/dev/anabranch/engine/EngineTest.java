package dev.anabranch.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SimulatedDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The engine on one thread: what is told when, and what happens when the store breaks.
final class EngineTest {

  private static final ScopeName SCOPE = new ScopeName("org:one");
  private static final Caller OWNER = new Caller(new PrincipalId("owner"), Authority.OWNER, "test");

  private final Turns turns = new Turns();
  private final SimulatedDisk disk = new SimulatedDisk(new Random(1));
  private final List<StoreFailure> losses = new ArrayList<>();
  private final Engine engine = engine(EngineLimits.DEFAULT);
  private int keys;

  private Engine engine(EngineLimits limits) {
    EngineObserver observer =
        new EngineObserver() {
          @Override
          public void storeLost(StoreFailure failure) {
            losses.add(failure);
          }
        };
    return new Engine(
        () -> MemoryStore.open(disk), Models.none(), turns.threads(), limits, observer);
  }

  @Test
  void tellsAFollowerEverySeqOnceWhetherStoredOrLive() {
    write(3);
    Recorder follower = follow(0);
    assertThat(follower.caughtUp).containsExactly(3L);
    write(3);
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(6));
    assertThat(follower.caughtUp).hasSize(1);
  }

  @Test
  void tellsNothingAtOrBeforeTheCursor() {
    write(5);
    assertThat(follow(3).seqs).containsExactly(4L, 5L);
  }

  @Test
  void tellsChangesThatQueuedUpTogetherAtOnce() {
    Recorder follower = follow(0);
    for (int count = 0; count < 50; count++) {
      commit(write());
    }
    turns.run();
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(50));
    assertThat(follower.announcements).isEqualTo(1);
  }

  /// Followers of one thread; telling all of them takes two milliseconds.
  private List<Recorder> crowd(Engine followed, int followers) {
    Executor thread = turns.executor();
    List<Recorder> crowd = new ArrayList<>();
    for (int count = 0; count < followers; count++) {
      Recorder follower = new Recorder();
      crowd.add(follower);
      get(followed.follow(OWNER, SCOPE, 0, thread, follower));
    }
    crowd.getLast().whenTold = () -> turns.spend(2);
    return crowd;
  }

  @Test
  void aThreadThatToldManyRestsAndTellsTogetherWhatCameMeanwhile() {
    List<Recorder> crowd = crowd(engine, 64);
    write(3);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(1)));
    turns.pass(3);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(1)));
    turns.pass(1);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(3)));
    assertThat(crowd).allMatch(follower -> follower.announcements == 2);
  }

  @Test
  void aRestIsNoLongerThanItMayBe() {
    List<Recorder> crowd = crowd(engine, 64);
    crowd.getLast().whenTold = () -> turns.spend(300);
    write(2);
    turns.pass(5);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(2)));
  }

  @Test
  void whatComesAfterTheRestIsToldAtOnce() {
    List<Recorder> crowd = crowd(engine, 64);
    write(1);
    turns.pass(4);
    write(1);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(2)));
  }

  @Test
  void aThreadThatToldFewDoesNotRest() {
    List<Recorder> crowd = crowd(engine, 63);
    write(3);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(3)));
  }

  @Test
  void aThreadOfManyScopesWithFewFollowersEachDoesNotRest() {
    Executor thread = turns.executor();
    List<Recorder> followers = new ArrayList<>();
    for (int scope = 0; scope < 64; scope++) {
      Recorder follower = new Recorder();
      follower.whenTold = () -> turns.spend(2);
      followers.add(follower);
      get(engine.follow(OWNER, scope(scope), 0, thread, follower));
    }
    for (int round = 1; round <= 2; round++) {
      for (int scope = 0; scope < 64; scope++) {
        EntityKey note =
            new EntityKey(scope(scope), new ModelName("note"), new EntityId("n" + round));
        CompletionStage<List<Outcome>> unused = commit(Write.insert(key(), note, JsonObject.EMPTY));
      }
      turns.run();
      assertThat(followers).extracting(follower -> follower.seqs.size()).containsOnly(round);
    }
  }

  @Test
  void aThreadThatRestsReadsWhatItHadToDropOnceItHasRested() {
    Engine small =
        new Engine(
            MemoryStore::fresh,
            Models.none(),
            turns.threads(),
            narrow(10, 1 << 20),
            EngineObserver.NONE);
    List<Recorder> crowd = crowd(small, 64);
    for (int count = 0; count < 50; count++) {
      get(small.commit(Commit.of(OWNER, write())));
    }
    turns.pass(5);
    assertThat(crowd).allMatch(follower -> follower.seqs.equals(seqs(50)));
  }

  @Test
  void putsWhatQueuedTogetherIntoOneBatch() {
    List<Integer> batches = new ArrayList<>();
    EngineObserver observer =
        new EngineObserver() {
          @Override
          public void committed(int writes, long nanos) {
            batches.add(writes);
          }
        };
    Engine counted =
        new Engine(
            MemoryStore::fresh, Models.none(), turns.threads(), EngineLimits.DEFAULT, observer);
    for (int count = 0; count < 600; count++) {
      counted.commit(Commit.of(OWNER, write()));
    }
    turns.run();
    assertThat(batches).containsExactly(256, 256, 88);
  }

  @Test
  void letsASlowFollowerReadOnFromItsCursorWhenItIsReadyAgain() {
    Recorder follower = new Recorder();
    Subscription subscription = follow(0, follower);
    follower.ready = false;
    write(700);
    assertThat(follower.seqs).isEmpty();
    follower.ready = true;
    subscription.resume();
    turns.run();
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(700));
    write(1);
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(701));
  }

  /// What one client follows goes through one outbox, and that has room for one page here.
  @Test
  void firstPagesOfManyScopesWaitForTheRoomTheyShare() {
    int scopes = 40;
    for (int scope = 0; scope < scopes; scope++) {
      EntityKey note = new EntityKey(scope(scope), new ModelName("note"), new EntityId("n"));
      commitAll(Write.insert(key(), note, JsonObject.EMPTY));
    }
    List<Recorder> followers = new ArrayList<>();
    List<Subscription> subscriptions = new ArrayList<>();
    Executor lane = turns.executor();
    for (int scope = 0; scope < scopes; scope++) {
      Recorder follower = new Recorder();
      follower.whenTold = () -> followers.forEach(each -> each.ready = false);
      followers.add(follower);
      var unused =
          engine
              .follow(OWNER, scope(scope), 0, lane, follower)
              .thenAccept(
                  answer -> subscriptions.add(((Answer.Given<Subscription>) answer).value()));
    }
    for (int told = 1; told <= scopes; told++) {
      turns.run();
      assertThat(followers.stream().mapToInt(each -> each.announcements).sum()).isEqualTo(told);
      followers.forEach(each -> each.ready = true);
      subscriptions.forEach(Subscription::resume);
    }
    turns.run();
    assertThat(followers)
        .allSatisfy(each -> {
          assertThat(each.seqs).containsExactly(1L);
          assertThat(each.caughtUp).hasSize(1);
        });
  }

  private static ScopeName scope(int number) {
    return new ScopeName("org:" + number);
  }

  @Test
  void readsFewPagesAtATimeForOneLane() {
    List<Runnable> reads = new ArrayList<>();
    EngineThreads threads = turns.threads();
    Engine watched =
        new Engine(
            MemoryStore::fresh,
            Models.none(),
            new EngineThreads(
                threads.writer(),
                threads.teller(),
                reads::add,
                threads.timer(),
                threads.clock(),
                threads.nanos()),
            EngineLimits.DEFAULT,
            EngineObserver.NONE);
    Executor lane = turns.executor();
    List<Recorder> followers = new ArrayList<>();
    for (int count = 0; count < 3 * Lane.READS_MAX; count++) {
      Recorder follower = new Recorder();
      followers.add(follower);
      var unused = watched.follow(OWNER, SCOPE, 0, lane, follower);
    }
    turns.run();
    take(reads).forEach(Runnable::run); // who may follow
    turns.run();
    int most = 0;
    for (List<Runnable> some = take(reads); !some.isEmpty(); some = take(reads)) {
      most = Math.max(most, some.size());
      some.forEach(Runnable::run);
      turns.run();
    }
    assertThat(most).isEqualTo(Lane.READS_MAX);
    assertThat(followers).allSatisfy(each -> assertThat(each.caughtUp).hasSize(1));
  }

  private static List<Runnable> take(List<Runnable> tasks) {
    List<Runnable> taken = List.copyOf(tasks);
    tasks.clear();
    return taken;
  }

  private static EngineLimits narrow(int laneChangesMax, long laneBytesMax) {
    return narrow(256, 20_000, laneChangesMax, laneBytesMax);
  }

  private static EngineLimits narrow(
      int batchWritesMax, int queueWritesMax, int laneChangesMax, long laneBytesMax) {
    return new EngineLimits(
        batchWritesMax,
        queueWritesMax,
        1 << 20,
        laneChangesMax,
        laneBytesMax,
        256,
        1 << 18,
        64,
        5,
        EngineLimits.DEFAULT.catchUpPage(),
        10,
        10,
        10,
        10,
        100,
        1000);
  }

  @Test
  void readsFromTheStoreWhatALaneHadToDrop() {
    Engine small =
        new Engine(
            MemoryStore::fresh,
            Models.none(),
            turns.threads(),
            narrow(10, 1 << 20),
            EngineObserver.NONE);
    Recorder follower = new Recorder();
    var unused = small.follow(OWNER, SCOPE, 0, turns.executor(), follower);
    turns.run();
    for (int count = 0; count < 400; count++) {
      small.commit(Commit.of(OWNER, write()));
    }
    turns.run();
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(400));
  }

  @Test
  void readsFromTheStoreWhatALaneHadNoRoomForInBytes() {
    AtomicInteger dropped = new AtomicInteger();
    EngineObserver counting =
        new EngineObserver() {
          @Override
          public void dropped(int changes) {
            dropped.addAndGet(changes);
          }
        };
    Engine small =
        new Engine(
            MemoryStore::fresh, Models.none(), turns.threads(), narrow(100_000, 3_000), counting);
    Recorder follower = new Recorder();
    var unused = small.follow(OWNER, SCOPE, 0, turns.executor(), follower);
    turns.run();
    for (int count = 0; count < 400; count++) {
      small.commit(Commit.of(OWNER, write()));
    }
    turns.run();

    assertThat(dropped).hasPositiveValue();
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(400));
  }

  @Test
  void worksOutWhatIsAskedOfADocumentOnTheReadersThreadAndNotTheAskers() {
    AtomicInteger worked = new AtomicInteger();
    CompletionStage<Answer<Integer>> answer =
        engine.trail(OWNER, note("n1"), 0, trail -> worked.incrementAndGet());
    assertThat(worked).hasValue(0);
    turns.run();

    assertThat(worked).hasValue(1);
    assertThat(get(answer)).isEqualTo(new Answer.Given<>(1));
  }

  @Test
  void refusesFollowingWithoutTheRightToRead() {
    Caller stranger = new Caller(new PrincipalId("ann"), Authority.GRANTED, "test");
    Answer<Subscription> answer =
        get(engine.follow(stranger, SCOPE, 0, turns.executor(), new Recorder()));
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Refused.class,
            refused -> assertThat(refused.fault().code()).isEqualTo(FaultCode.FORBIDDEN));
  }

  @Test
  void tellsTheRevokedNothingAfterTheRevocation() {
    PrincipalId ann = new PrincipalId("ann");
    grant(ann, "read");
    Recorder follower = new Recorder();
    get(
        engine.follow(
            new Caller(ann, Authority.GRANTED, "test"), SCOPE, 0, turns.executor(), follower));
    write(2);
    grant(ann, "none");
    write(2);
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(4));
    assertThat(follower.refetch).isEqualTo(RefetchReason.ACCESS_CHANGED);
  }

  @Test
  void refusesWritesWhileTheStoreIsAwayAndComesBackByItself() {
    write(2);
    Recorder follower = follow(0);
    disk.failAfter(0);
    assertThat(outcome(write()))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.fault().code()).isEqualTo(FaultCode.UNAVAILABLE));
    assertThat(losses).hasSize(1);
    disk.crash();
    turns.pass(10_000);
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
    assertThat(follower.seqs).containsExactlyElementsOf(seqs(follower.seqs.getLast()));
  }

  @Test
  void refusesMoreThanTheQueueHolds() {
    Engine small =
        new Engine(
            MemoryStore::fresh,
            Models.none(),
            turns.threads(),
            narrow(2, 3, 10, 1 << 20),
            EngineObserver.NONE);
    List<CompletionStage<List<Outcome>>> answers = new ArrayList<>();
    for (int count = 0; count < 5; count++) {
      answers.add(small.commit(Commit.of(OWNER, write())));
    }
    turns.run();
    assertThat(answers.stream().map(answer -> get(answer).getFirst()))
        .satisfiesExactly(
            one -> assertThat(one).isInstanceOf(Outcome.Applied.class),
            two -> assertThat(two).isInstanceOf(Outcome.Applied.class),
            three -> assertThat(three).isInstanceOf(Outcome.Applied.class),
            four -> assertThat(four).isInstanceOf(Outcome.Refused.class),
            five -> assertThat(five).isInstanceOf(Outcome.Refused.class));
  }

  @Test
  void givesAnEntityAsAnEarlierChangeLeftIt() {
    EntityKey note = note("n1");
    commitAll(Write.insert(key(), note, JsonObject.EMPTY.with("a", 1)));
    commitAll(Write.update(key(), note, JsonObject.EMPTY.with("b", 2)));
    commitAll(Write.update(key(), note, JsonObject.EMPTY.with("a", 3)));
    Answer<Optional<Entity>> earlier = get(engine.entityAt(OWNER, note, 2));
    assertThat(earlier)
        .isInstanceOfSatisfying(
            Answer.Given.class,
            given ->
                assertThat(((Optional<?>) given.value()).map(entity -> ((Entity) entity).data()))
                    .contains(JsonObject.EMPTY.with("a", 1).with("b", 2)));
  }

  @Test
  void walksNoLongWayBackForAnEarlierAnswer() {
    EntityKey note = note("n1");
    commitAll(Write.insert(key(), note, JsonObject.EMPTY.with("n", 1)));
    for (int n = 2; n <= 1_200; n++) {
      commitAll(Write.update(key(), note, JsonObject.EMPTY.with("n", n)));
    }
    Answer<Optional<Entity>> near = get(engine.entityAt(OWNER, note, 1_000));
    assertThat(near.map(entity -> entity.map(Entity::data)))
        .isEqualTo(new Answer.Given<>(Optional.of(JsonObject.EMPTY.with("n", 1_000))));
    assertThat(get(engine.entityAt(OWNER, note, 1_001)))
        .isEqualTo(new Answer.Given<>(Optional.empty()));
  }

  @Test
  void tellsWhoIsPresentOnceCaughtUpAndWhenTheyGo() {
    Present.Place place = new Present.Place(SCOPE, "", "phone", 7);
    PrincipalId ann = new PrincipalId("ann");
    Present here = new Present(place, ann, JsonObject.EMPTY.with("typing", 1), 1_700_000_000_500L);
    get(engine.present(OWNER, here));
    Recorder follower = follow(0);
    assertThat(follower.present).containsExactly(here);
    turns.pass(1000);
    engine.expirePresence();
    turns.run();
    assertThat(follower.present.getLast().value()).isNull();
  }

  @Test
  void tellsWhatIsSaidOnceToWhoeverFollowsJustThenAndKeepsItNot() {
    Present said =
        Present.once(SCOPE, "nostr", new PrincipalId("ann"), JsonObject.EMPTY.with("kind", 20_001));
    assertThat(get(engine.present(OWNER, said))).isEqualTo(new Answer.Given<>(false));
    Recorder follower = follow(0);
    assertThat(follower.present).isEmpty();
    assertThat(get(engine.present(OWNER, said))).isEqualTo(new Answer.Given<>(true));
    turns.run();
    assertThat(follower.present).containsExactly(said);
    assertThat(follow(0).present).isEmpty();
    turns.pass(1000);
    engine.expirePresence();
    turns.run();
    assertThat(follower.present).containsExactly(said);
  }

  @Test
  void tellsAPrincipalWhoIsPresentInTooManyPlacesToLeaveOneAndHasRoomForOthers() {
    PrincipalId ann = new PrincipalId("ann");
    for (int client = 0; client < EngineLimits.DEFAULT.presencePerPrincipalMax(); client++) {
      assertThat(get(engine.present(OWNER, present(ann, client)))).isInstanceOf(Answer.Given.class);
    }
    assertThat(get(engine.present(OWNER, present(ann, 1_000))))
        .isEqualTo(
            new Answer.Refused<>(
                new Fault(
                    FaultCode.QUOTA,
                    "ann is present in as many places as one principal may be; leave one of"
                        + " them")));
    assertThat(get(engine.present(OWNER, present(new PrincipalId("bob"), 1_000))))
        .isInstanceOf(Answer.Given.class);
  }

  private static Present present(PrincipalId principal, int client) {
    Present.Place place = new Present.Place(SCOPE, "", "phone", client);
    return new Present(place, principal, JsonObject.EMPTY, 1_700_000_000_500L);
  }

  @Test
  void finishesWaitingWritesBeforeItCloses() {
    CompletionStage<List<Outcome>> last = engine.commit(Commit.of(OWNER, write()));
    get(engine.close());
    assertThat(get(last).getFirst()).isInstanceOf(Outcome.Applied.class);
    assertThat(outcome(write())).isInstanceOf(Outcome.Refused.class);
    try (MemoryStore store = MemoryStore.open(disk)) {
      assertThat(store.head(SCOPE).seq()).isEqualTo(1);
    }
  }

  private void grant(PrincipalId principal, String right) {
    commitAll(
        Write.insert(
            key(), EntityKey.grant(SCOPE, principal), JsonObject.EMPTY.with("right", right)));
  }

  private void commitAll(Write write) {
    assertThat(outcome(write)).isInstanceOf(Outcome.Applied.class);
  }

  private void write(int count) {
    for (int index = 0; index < count; index++) {
      commitAll(write());
    }
  }

  private Write write() {
    return Write.insert(key(), note("n" + keys), JsonObject.EMPTY.with("n", keys));
  }

  private static EntityKey note(String id) {
    return new EntityKey(SCOPE, new ModelName("note"), new EntityId(id));
  }

  private WriteKey key() {
    return new WriteKey("k" + ++keys);
  }

  private Outcome outcome(Write write) {
    return get(commit(write)).getFirst();
  }

  private CompletionStage<List<Outcome>> commit(Write write) {
    return engine.commit(Commit.of(OWNER, write));
  }

  private Recorder follow(long after) {
    Recorder follower = new Recorder();
    Subscription unused = follow(after, follower);
    return follower;
  }

  private Subscription follow(long after, Recorder follower) {
    return switch (get(engine.follow(OWNER, SCOPE, after, turns.executor(), follower))) {
      case Answer.Given<Subscription>(Subscription subscription) -> subscription;
      case Answer.Refused<Subscription>(Fault fault) -> throw new AssertionError(fault);
    };
  }

  private <T> T get(CompletionStage<T> stage) {
    turns.run();
    return stage.toCompletableFuture().join();
  }

  private static List<Long> seqs(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }
}
