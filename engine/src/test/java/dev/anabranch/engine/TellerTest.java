package dev.anabranch.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.testkit.MemoryStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Batches that are told of on a thread of their own while the writer goes on.
@Timeout(60)
final class TellerTest {

  private static final ScopeName SCOPE = new ScopeName("org:one");
  private static final PrincipalId NAME = new PrincipalId("owner");
  private static final Caller OWNER = new Caller(NAME, Authority.OWNER, "test");

  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final ExecutorService teller = Executors.newSingleThreadExecutor();
  private final ExecutorService lane = Executors.newSingleThreadExecutor();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<RuntimeException> bugs = new CopyOnWriteArrayList<>();

  @AfterEach
  void endThreads() {
    gate.countDown();
    List.of(writer, teller, lane).forEach(ExecutorService::shutdownNow);
  }

  private Engine engine(Executor tellerThread) {
    return engine(tellerThread, Models.none());
  }

  private Engine engine(Executor tellerThread, Models models) {
    return new Engine(
        MemoryStore::fresh,
        models,
        new EngineThreads(
            writer,
            tellerThread,
            Runnable::run,
            (millis, task) ->
                CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(task),
            InstantSource.system(),
            System::nanoTime),
        EngineLimits.DEFAULT,
        new EngineObserver() {
          @Override
          public void bug(RuntimeException bug) {
            bugs.add(bug);
          }
        });
  }

  private static CompletionStage<List<Outcome>> write(Engine engine, String name) {
    return engine.commit(
        Commit.of(
            OWNER, Write.insert(new WriteKey(name), note(name), JsonObject.EMPTY.with("n", name))));
  }

  private static EntityKey note(String name) {
    return new EntityKey(SCOPE, new ModelName("note"), new EntityId(name));
  }

  private static Outcome answerOf(CompletionStage<List<Outcome>> stage) {
    return stage.toCompletableFuture().join().getFirst();
  }

  @Test
  void everyBatchIsToldOnceAndInOrderWhileOthersAreCommitted() {
    Engine engine = engine(teller);
    List<Recorder> crowd = Stream.generate(Recorder::new).limit(64).toList(); // its lane rests
    for (Recorder follower : crowd) {
      assertThat(engine.follow(OWNER, SCOPE, 0, lane, follower).toCompletableFuture().join())
          .isInstanceOf(Answer.Given.class);
    }
    List<CompletableFuture<Void>> writers = new ArrayList<>();
    for (int number = 0; number < 8; number++) {
      String prefix = "w" + number + "-";
      writers.add(
          CompletableFuture.runAsync(() -> {
            for (int index = 0; index < 500; index++) {
              assertThat(answerOf(write(engine, prefix + index)))
                  .isInstanceOf(Outcome.Applied.class);
            }
          }));
    }
    writers.forEach(CompletableFuture::join);
    engine.close().toCompletableFuture().join();
    List<Long> all = LongStream.rangeClosed(1, 4000).boxed().toList();
    await()
        .untilAsserted(() ->
            assertThat(CompletableFuture.supplyAsync(() -> heardBy(crowd), lane).join())
                .allMatch(all::equals));
    assertThat(bugs).isEmpty();
  }

  private static List<List<Long>> heardBy(List<Recorder> crowd) {
    return crowd.stream().map(follower -> List.copyOf(follower.seqs)).toList();
  }

  /// A teller whose first task waits at the gate.
  private Executor waiting() {
    return task ->
        teller.execute(() -> {
          if (awaitGate()) {
            task.run();
          }
        });
  }

  private boolean awaitGate() {
    try {
      gate.await();
      return true;
    } catch (InterruptedException ending) {
      return false;
    }
  }

  @Test
  void closingWaitsForWhatIsStillToBeTold() {
    CountDownLatch held = new CountDownLatch(1);
    Engine engine = engine(waiting());
    writer.execute(() -> {
      try {
        held.await();
      } catch (InterruptedException ending) {
        Thread.currentThread().interrupt();
      }
    });
    List<CompletionStage<List<Outcome>>> answers = new ArrayList<>();
    for (int index = 0; index < 300; index++) {
      answers.add(write(engine, "n" + index)); // more than one batch: the first is handed over
    }
    held.countDown();
    CompletableFuture<Void> closed = engine.close().toCompletableFuture();
    assertThat(answers.getFirst().toCompletableFuture()).isNotDone();
    assertThat(closed).isNotDone();
    gate.countDown();
    closed.join();
    assertThat(answers)
        .allSatisfy(answer ->
            assertThat(answer.toCompletableFuture().getNow(List.of()))
                .first()
                .isInstanceOf(Outcome.Applied.class));
  }

  @Test
  void aFinderListenerHearsOfABatchBehindItsAnswerAndAFollowerBefore() {
    Engine engine = engine(teller, new Models(List.of(markedNotes()), Map.of()));
    List<String> order = new CopyOnWriteArrayList<>();
    Recorder follower = new Recorder();
    follower.whenTold = () -> order.add("follower");
    engine.follow(OWNER, SCOPE, 0, Runnable::run, follower).toCompletableFuture().join();
    engine.listen(
        new Finder.FinderListener() {
          @Override
          public void committed(List<Marked> marked) {
            order.add("listener");
          }

          @Override
          public void doubt() {}
        });
    writer.execute(this::awaitGate);
    Write write =
        Write.insert(new WriteKey("one"), note("one"), JsonObject.EMPTY)
            .provenBy(Bytes.of(new byte[] {1}));
    CompletableFuture<Void> answered =
        engine
            .commit(Commit.of(OWNER, write))
            .thenAccept(outcomes -> order.add("answer"))
            .toCompletableFuture();
    gate.countDown();
    answered.join();
    engine.close().toCompletableFuture().join();
    assertThat(order).containsExactly("follower", "answer", "listener");
    assertThat(bugs).isEmpty();
  }

  /// A model whose every change can be found.
  private static Model markedNotes() {
    Model plain = Model.of(new ModelName("note"), new VersionedRule());
    return new Model(
        plain.name(),
        plain.rule(),
        plain.writer(),
        plain.bytesMax(),
        plain.serverOwned(),
        plain.schema(),
        change -> Optional.of(new Mark(change.id(), 0, 1, 0, null, List.of(), Set.of())));
  }

  @Test
  void aListenerThatBreaksKeepsNoAnswerBack() {
    Engine engine = engine(teller);
    Runnable unused =
        engine.watch(
            OWNER,
            scope -> {
              throw new IllegalStateException("a broken listener");
            });
    Write grant =
        Write.insert(
            new WriteKey("g"),
            EntityKey.grant(SCOPE, NAME),
            JsonObject.EMPTY.with("right", "read"));
    assertThat(answerOf(engine.commit(Commit.of(OWNER, grant))))
        .isInstanceOf(Outcome.Applied.class);
    assertThat(bugs).extracting(Throwable::getMessage).containsExactly("a broken listener");
    assertThat(answerOf(write(engine, "after"))).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void anErrorOfAListenerKeepsNoAnswerBackEither() {
    Engine engine = engine(teller);
    Runnable unused =
        engine.watch(
            OWNER,
            scope -> {
              throw new StackOverflowError("a listener that is too deep");
            });
    Write grant =
        Write.insert(
            new WriteKey("g"),
            EntityKey.grant(SCOPE, NAME),
            JsonObject.EMPTY.with("right", "read"));
    assertThat(answerOf(engine.commit(Commit.of(OWNER, grant))))
        .isInstanceOf(Outcome.Applied.class);
    assertThat(answerOf(write(engine, "after"))).isInstanceOf(Outcome.Applied.class);
    engine.close().toCompletableFuture().join();
  }

  @Test
  void aTellerThatTakesNothingMoreIsDoneWithout() {
    Engine engine =
        engine(task -> {
          throw new RejectedExecutionException("ending");
        });
    List<CompletionStage<List<Outcome>>> answers = new ArrayList<>();
    for (int index = 0; index < 1000; index++) {
      answers.add(write(engine, "n" + index));
    }
    assertThat(answers)
        .allSatisfy(answer -> assertThat(answerOf(answer)).isInstanceOf(Outcome.Applied.class));
  }
}
