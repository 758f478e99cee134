package dev.anabranch.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.CommitChain;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.TestWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/// What the engine makes of stores and followers that misbehave at the worst moment.
final class EngineTroubleTest {

  private static final ScopeName SCOPE = new ScopeName("org:one");

  private final Turns turns = new Turns();
  private final List<Throwable> gone = new ArrayList<>();
  private final List<Throwable> lost = new ArrayList<>();
  private final List<LogEnd> ends = new ArrayList<>();
  private final List<Runnable> takenAway = new ArrayList<>();
  private final List<RuntimeException> bugs = new ArrayList<>();
  private final MemoryStore memory = MemoryStore.fresh();
  private Runnable beforeCommit = () -> {};
  private Runnable beforeRead = () -> {};
  private Runnable beforeOpen = () -> {};
  private Runnable beforeProbe = () -> {};
  private final Engine engine =
      new Engine(
          new StoreOpener() {
            @Override
            public Store open() {
              return EngineTroubleTest.this.open();
            }

            @Override
            public Store openAgain(LogEnd end) {
              ends.add(end);
              return open();
            }
          },
          Models.none(),
          turns.threads(),
          EngineLimits.DEFAULT,
          observer());
  private int keys;

  @Test
  void opensAgainAfterACommitThatMetALock() {
    once(() -> {
      throw new StoreFailure(StoreFailure.Kind.LOCKED, "somebody holds a lock");
    });
    assertThat(outcome(write())).isInstanceOf(Outcome.Refused.class);
    turns.pass(10_000);
    assertThat(gone).isEmpty();
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void triesToOpenAgainWhateverOpeningThrew() {
    once(() -> {
      throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away");
    });
    beforeOpen =
        () -> {
          beforeOpen = () -> {};
          throw new IllegalStateException("a pool that could not be filled");
        };
    assertThat(outcome(write())).isInstanceOf(Outcome.Refused.class);
    turns.pass(10_000);
    turns.pass(10_000);
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void opensAgainWhereTheLogEndedHoweverOftenThatFails() {
    write(2);
    LogEnd end = memory.end();
    once(() -> {
      throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away");
    });
    beforeOpen =
        () -> {
          beforeOpen = () -> {};
          throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "still away");
        };
    assertThat(outcome(write())).isInstanceOf(Outcome.Refused.class);
    turns.pass(10_000);
    turns.pass(10_000);
    assertThat(end.id()).isEqualTo(2);
    assertThat(ends).containsExactly(end, end);
  }

  @Test
  void answersABatchThatAnErrorBrokeOff() {
    once(() -> {
      throw new StackOverflowError("too deep");
    });
    CompletionStage<List<Outcome>> answer = engine.commit(Commit.of(TestWriter.OWNER, write()));
    turns.run();
    assertThat(answer.toCompletableFuture()).isCompleted();
    turns.pass(10_000);
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void keepsAStoreWhoseReadersAreBusy() {
    StoreFailure busy = new StoreFailure(StoreFailure.Kind.BUSY, "all are reading");
    CompletionStage<Boolean> chore =
        engine.maintain(store -> {
          throw busy;
        });
    turns.run();
    assertThat(chore.toCompletableFuture()).isCompletedExceptionally();
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
    once(() -> {
      throw busy;
    });
    assertThat(outcome(write())).isInstanceOf(Outcome.Refused.class);
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
    assertThat(lost).isEmpty();
  }

  @Test
  void turnsAwayWhatFollowsACallThatItTurnedAway() {
    CommitChain chain = new CommitChain();
    once(() -> {
      throw new StoreFailure(StoreFailure.Kind.BUSY, "all are reading");
    });
    CompletionStage<List<Outcome>> first = engine.commit(inChain(chain));
    turns.run();
    CompletionStage<List<Outcome>> second = engine.commit(inChain(chain));
    CompletionStage<List<Outcome>> another = engine.commit(inChain(new CommitChain()));
    turns.run();
    assertThat(only(first)).isInstanceOf(Outcome.Refused.class);
    assertThat(only(second)).isInstanceOf(Outcome.Refused.class);
    assertThat(only(another)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void turnsAwayWhatWaitsBehindACallThatItTurnsAway() {
    CommitChain chain = new CommitChain();
    StoreFailure busy = new StoreFailure(StoreFailure.Kind.BUSY, "all are reading");
    List<CompletionStage<List<Outcome>>> waiting = new ArrayList<>();
    once(() -> {
      waiting.add(engine.commit(inChain(chain)));
      throw busy;
    });
    CompletionStage<List<Outcome>> first = engine.commit(inChain(chain));
    turns.run();
    assertThat(only(first)).isInstanceOf(Outcome.Refused.class);
    assertThat(only(waiting.getFirst())).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void takesWhatIsAheadOfACallThatFindsNoRoom() {
    CommitChain chain = new CommitChain();
    CompletionStage<List<Outcome>> first = engine.commit(inChain(chain));
    chain.next().turnAway();
    turns.run();
    assertThat(only(first)).isInstanceOf(Outcome.Applied.class);
    assertThat(only(engine.commit(inChain(chain)))).isInstanceOf(Outcome.Refused.class);
  }

  /// Sent again, a write that lacked a right may be taken: what was made after it must not be there
  /// already.
  @Test
  void turnsAwayWhatFollowsARefusalThatLeavesTheKeyFree() {
    write(1);
    Caller stranger = new Caller(new PrincipalId("stranger"), Authority.GRANTED, "test");
    CommitChain chain = new CommitChain();
    CompletionStage<List<Outcome>> refused =
        engine.commit(new Commit(stranger, List.of(write()), false, chain.next()));
    CompletionStage<List<Outcome>> inTheSameBatch = engine.commit(inChain(chain));
    turns.run();
    CompletionStage<List<Outcome>> later = engine.commit(inChain(chain));
    assertThat(code(refused)).isEqualTo(FaultCode.FORBIDDEN);
    assertThat(code(inTheSameBatch)).isEqualTo(FaultCode.UNAVAILABLE);
    assertThat(code(later)).isEqualTo(FaultCode.UNAVAILABLE);
  }

  private static FaultCode code(CompletionStage<List<Outcome>> answer) {
    return ((Outcome.Refused) only(answer)).fault().code();
  }

  private Commit inChain(CommitChain chain) {
    return new Commit(TestWriter.OWNER, List.of(write()), false, chain.next());
  }

  private static Outcome only(CompletionStage<List<Outcome>> answer) {
    return answer.toCompletableFuture().join().getFirst();
  }

  @Test
  void aStoreThatIsTakenAwayIsGoneThoughNobodyWrites() {
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
    StoreFailure fenced = new StoreFailure(StoreFailure.Kind.FENCED, "another one writes");
    beforeProbe =
        () -> {
          throw fenced;
        };
    takenAway.getLast().run();
    turns.run();
    assertThat(gone).containsExactly(fenced);
  }

  @Test
  void aStoreThatWasOpenedAgainIsWatchedToo() {
    once(() -> {
      throw new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away");
    });
    assertThat(outcome(write())).isInstanceOf(Outcome.Refused.class);
    turns.pass(10_000);
    assertThat(takenAway).hasSize(2);
  }

  @Test
  void answersAReadThatAnErrorBrokeOff() {
    beforeRead =
        () -> {
          throw new StackOverflowError("too deep");
        };
    CompletionStage<Answer<Reading>> answer =
        engine.read(TestWriter.OWNER, SCOPE, 0, PageLimit.DEFAULT);
    turns.run();
    assertThat(answer.toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void whoHasAnAnswerFindsTheHeadAtHisOwnWrite() {
    assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
    CompletionStage<Answer<ScopeHead>> head =
        engine
            .commit(Commit.of(TestWriter.OWNER, write()))
            .thenCompose(outcomes -> engine.head(TestWriter.OWNER, SCOPE));
    assertThat(get(head)).isEqualTo(new Answer.Given<>(new ScopeHead(SCOPE, 2, 2, 0, 0)));
  }

  @Test
  void readsNothingForSomebodyWhoIsRevokedMeanwhile() {
    Caller ann = TestWriter.granted("ann");
    assertThat(outcome(grant(ann.principal(), "read"))).isInstanceOf(Outcome.Applied.class);
    beforeRead =
        () -> {
          TestWriter writer = new TestWriter(memory);
          writer.apply(grant(ann.principal(), "none"));
          writer.apply(write());
        };
    Answer<Reading> answer = get(engine.read(ann, SCOPE, 0, PageLimit.DEFAULT));
    assertThat(answer).isInstanceOf(Answer.Refused.class);
  }

  @Test
  void oneFollowerThatBreaksKeepsNothingFromTheOthers() {
    Breaking breaking = new Breaking();
    Recorder sound = new Recorder();
    get(engine.follow(TestWriter.OWNER, SCOPE, 0, turns.executor(), breaking));
    get(engine.follow(TestWriter.OWNER, SCOPE, 0, turns.executor(), sound));
    outcome(write());
    outcome(write());
    assertThat(sound.seqs).containsExactly(1L, 2L);
    assertThat(breaking.failures).hasSize(1);
    assertThat(bugs).hasSize(1);
  }

  @Test
  void aPageWhoseReadingAnErrorBrokeOffEndsItsFollowerAndHoldsUpNoOther() {
    Executor lane = turns.executor();
    List<Breaking> ended = new ArrayList<>();
    beforeRead =
        () -> {
          throw new StackOverflowError("too deep");
        };
    for (int count = 0; count < Lane.READS_MAX; count++) {
      ended.add(new Breaking());
      get(engine.follow(TestWriter.OWNER, SCOPE, 0, lane, ended.getLast()));
    }
    beforeRead = () -> {};
    Recorder sound = new Recorder();
    get(engine.follow(TestWriter.OWNER, SCOPE, 0, lane, sound));
    assertThat(sound.caughtUp).hasSize(1);
    assertThat(ended).allSatisfy(each -> assertThat(each.failures).hasSize(1));
  }

  @Test
  void aSlowFollowerIsSparedWhoIsPresent() {
    Recorder follower = new Recorder();
    get(engine.follow(TestWriter.OWNER, SCOPE, 0, turns.executor(), follower));
    follower.ready = false;
    get(engine.present(TestWriter.OWNER, present(1)));
    assertThat(follower.present).isEmpty();
    follower.ready = true;
    get(engine.present(TestWriter.OWNER, present(2)));
    assertThat(follower.present).containsExactly(present(2));
  }

  private static Present present(int typing) {
    return new Present(
        new Present.Place(SCOPE, "", "phone", 7),
        new PrincipalId("ann"),
        JsonObject.EMPTY.with("typing", typing),
        1_700_000_000_500L);
  }

  private void once(Runnable trouble) {
    beforeCommit =
        () -> {
          beforeCommit = () -> {};
          trouble.run();
        };
  }

  private void write(int notes) {
    for (int count = 0; count < notes; count++) {
      assertThat(outcome(write())).isInstanceOf(Outcome.Applied.class);
    }
  }

  private Write write() {
    keys++;
    EntityKey note = new EntityKey(SCOPE, new ModelName("note"), new EntityId("n" + keys));
    return Write.insert(new WriteKey("k" + keys), note, JsonObject.EMPTY.with("n", keys));
  }

  private Write grant(PrincipalId principal, String right) {
    keys++;
    return Write.insert(
        new WriteKey("k" + keys),
        EntityKey.grant(SCOPE, principal),
        JsonObject.EMPTY.with("right", right));
  }

  private Outcome outcome(Write write) {
    return get(engine.commit(Commit.of(TestWriter.OWNER, write))).getFirst();
  }

  private <T> T get(CompletionStage<T> stage) {
    turns.run();
    return stage.toCompletableFuture().join();
  }

  private EngineObserver observer() {
    return new EngineObserver() {
      @Override
      public void storeLost(StoreFailure failure) {
        lost.add(failure);
      }

      @Override
      public void storeGone(StoreFailure failure) {
        gone.add(failure);
      }

      @Override
      public void bug(RuntimeException bug) {
        bugs.add(bug);
      }
    };
  }

  /// The one store in memory, which survives being closed, with trouble on the way to it.
  private Store open() {
    beforeOpen.run();
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "commit" -> beforeCommit.run();
                case "read" -> beforeRead.run();
                case "probeWriting" -> beforeProbe.run();
                case "whenInDoubt" -> takenAway.add((Runnable) arguments[0]);
                case "close" -> {
                  return null;
                }
                default -> {}
              }
              try {
                return method.invoke(memory, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }

  /// A follower with a bug.
  private static final class Breaking implements Follower {
    private final List<RuntimeException> failures = new ArrayList<>();

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void changes(Announcement next) {
      throw new IllegalStateException("cannot be encoded");
    }

    @Override
    public void caughtUp(long lastId) {}

    @Override
    public void present(List<Present> entries) {}

    @Override
    public void refetch(RefetchReason reason) {}

    @Override
    public void failed(RuntimeException failure) {
      failures.add(failure);
    }
  }
}
