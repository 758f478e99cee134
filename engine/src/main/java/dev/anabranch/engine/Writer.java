package dev.anabranch.engine;

import dev.anabranch.engine.CommitQueue.Waiting;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.CommitChain;
import dev.anabranch.kernel.commit.Decision;
import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.commit.Holdings;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

/// Drives the sequencer: one batch is whatever queued while the previous one committed (natural
/// group commit).
///
/// Fail stop: when a commit fails, everything that waits is refused as `UNAVAILABLE`, the store is
/// closed and opened again with growing waits, and only then is the next write taken. A write whose
/// commit failed may be in the log or not; its writer asks again under the same key and gets the
/// one answer there is (K2).
///
/// All work runs on the writer's thread; `commit` and `maintain` may be called from any. Telling of
/// a batch – followers first, then whoever waits for an answer, then whoever goes on with it on a
/// thread of their own – is done at once when nothing else waits, else on the teller's thread while
/// the next batch is decided and committed: one batch at a time, in their order.
final class Writer {

  private final StoreOpener opener;
  private final Sequencer sequencer;
  private final EngineThreads threads;
  private final EngineLimits limits;
  private final EngineObserver observer;
  private final Consumer<Effects> durable;
  private final Consumer<Effects> committed;
  private final Consumer<Effects> answered;
  private final Runnable reopened;
  private final KnownHoldings holdings;
  private final CommitQueue queue;
  private final ConcurrentLinkedQueue<Runnable> chores = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicReference<Access> access;
  private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);
  private volatile boolean closed;

  /// How the store can be had just now.
  private sealed interface Access {
    record Open(Store store) implements Access {}

    /// @param end what is to be found again
    record Lost(StoreFailure failure, LogEnd end) implements Access {}
  }

  /// A writer with its store open.
  ///
  /// @param holdings what principals have in the log; counted before anything is written
  /// @param durable told on the writer's thread, before anybody else
  /// @param committed told before the answers
  /// @param answered told behind them
  /// @param reopened called when something that was committed may not have been told
  Writer(
      StoreOpener opener,
      Sequencer sequencer,
      KnownHoldings holdings,
      EngineThreads threads,
      EngineLimits limits,
      EngineObserver observer,
      Consumer<Effects> durable,
      Consumer<Effects> committed,
      Consumer<Effects> answered,
      Runnable reopened) {
    this.opener = opener;
    this.sequencer = sequencer;
    this.holdings = holdings;
    this.threads = threads;
    this.limits = limits;
    this.observer = observer;
    this.durable = durable;
    this.committed = committed;
    this.answered = answered;
    this.reopened = reopened;
    this.queue = new CommitQueue(limits);
    Store store = counted(opener.open());
    this.access = new AtomicReference<>(new Access.Open(store));
    store.whenInDoubt(this::probe);
  }

  private Store counted(Store store) {
    try {
      Holdings unused = holdings.in(store);
      return store;
    } catch (RuntimeException failure) {
      store.close();
      throw failure;
    }
  }

  /// The open store.
  ///
  /// @throws StoreFailure when it is away
  Store store() {
    return switch (access.get()) {
      case Access.Open(Store store) -> store;
      case Access.Lost(StoreFailure failure, LogEnd ignored) -> throw failure;
    };
  }

  int waitingWrites() {
    return queue.writes();
  }

  long waitingBytes() {
    return queue.bytes();
  }

  CompletionStage<List<Outcome>> commit(Commit call) {
    if (call.isCutOff()) {
      return turnedAway(call, CommitChain.CUT_OFF);
    }
    if (closed || access.get() instanceof Access.Lost) {
      return turnedAway(call, "the server's database is away; try again in a moment");
    }
    Waiting waiting = queue.offer(call, threads.nanos().getAsLong());
    if (waiting == null) {
      return turnedAway(
          call, "more writes are waiting than the server takes; try again in a moment");
    }
    schedule();
    return waiting.answer();
  }

  private CompletionStage<List<Outcome>> turnedAway(Commit call, String why) {
    return CompletableFuture.completedFuture(turnAway(call, why));
  }

  private List<Outcome> turnAway(Commit call, String why) {
    observer.turnedAway(call);
    List<Outcome> outcomes = call.turnedAway(why);
    call.answered(outcomes);
    return outcomes;
  }

  /// Does something with the store between two batches.
  <T> CompletionStage<T> maintain(Function<Store, T> chore) {
    CompletableFuture<T> done = new CompletableFuture<>();
    chores.add(() -> maintain(chore, done));
    schedule();
    return done;
  }

  /// Finds out whether the store still takes what is written, as a commit would: when nobody
  /// writes, nothing else would notice.
  void probe() {
    CompletionStage<Boolean> unused =
        maintain(store -> {
          store.probeWriting();
          return true;
        });
  }

  private <T> void maintain(Function<Store, T> chore, CompletableFuture<T> done) {
    try {
      done.complete(chore.apply(store()));
    } catch (RuntimeException | Error failure) {
      done.completeExceptionally(failure);
      if (failure instanceof StoreFailure lost
          && !isHarmless(lost)
          && access.get() instanceof Access.Open) {
        lose(lost);
      }
    }
  }

  /// Whoever reads keeps others waiting; the store is none the worse for it.
  private static boolean isHarmless(StoreFailure failure) {
    return failure.kind() == StoreFailure.Kind.BUSY;
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      threads.writer().execute(this::work);
    }
  }

  private void work() {
    try {
      for (Runnable chore = chores.poll(); chore != null; chore = chores.poll()) {
        chore.run();
      }
      List<Waiting> batch = takeInOrder();
      if (!batch.isEmpty()) {
        commit(batch);
      }
    } finally {
      scheduled.set(false);
      if (!queue.isEmpty() || !chores.isEmpty()) {
        schedule();
      }
    }
  }

  private List<Waiting> takeInOrder() {
    List<Waiting> batch = new ArrayList<>();
    for (Waiting waiting : queue.take()) {
      if (waiting.call().isCutOff()) {
        refuse(waiting, CommitChain.CUT_OFF);
      } else {
        batch.add(waiting);
      }
    }
    return batch;
  }

  private void commit(List<Waiting> batch) {
    if (!(access.get() instanceof Access.Open(Store store))) {
      batch.forEach(waiting -> refuse(waiting, "the server's database is away; try again"));
      return;
    }
    List<Commit> calls = batch.stream().map(Waiting::call).toList();
    AtomicReference<Decision> decision = new AtomicReference<>();
    long began = threads.nanos().getAsLong();
    Effects effects;
    try {
      Originals originals = new FoundOriginals(store);
      Holdings held = holdings.in(store);
      effects =
          store.commit(
              sequencer.lookups(calls, originals),
              loaded -> decide(loaded, originals, held, calls, decision));
    } catch (RuntimeException | Error failure) {
      batch.forEach(waiting -> refuse(waiting, "the commit failed; ask again under the same key"));
      StoreFailure lost = asStoreFailure("the commit broke off", failure);
      if (!isHarmless(lost)) {
        lose(lost);
      }
      return;
    }
    long now = threads.nanos().getAsLong();
    holdings.moved(decision.get().moved());
    decision.get().bugs().forEach(observer::bug);
    observer.committed(calls.stream().mapToInt(call -> call.writes().size()).sum(), now - began);
    durable.accept(effects); // who has an answer must find his own write
    List<List<Outcome>> outcomes = decision.get().outcomes();
    for (int index = 0; index < calls.size(); index++) {
      calls.get(index).answered(outcomes.get(index));
    }
    tell(() -> {
      try {
        committed.accept(effects);
      } finally {
        answer(batch, outcomes, effects);
      }
    });
  }

  private void tell(Runnable telling) {
    boolean idle = told.isDone() && queue.isEmpty();
    told.join();
    CompletableFuture<Void> done = new CompletableFuture<>();
    told = done;
    Runnable task =
        () -> {
          try {
            telling.run();
          } finally {
            done.complete(null);
          }
        };
    if (idle) {
      task.run();
      return;
    }
    try {
      threads.teller().execute(task);
    } catch (RejectedExecutionException ending) {
      task.run();
    }
  }

  private Effects decide(
      Loaded loaded,
      Originals originals,
      Holdings held,
      List<Commit> calls,
      AtomicReference<Decision> decision) {
    Decision made = sequencer.decide(loaded, originals, held, calls, threads.clock().millis());
    decision.set(made);
    return made.effects();
  }

  private void answer(List<Waiting> batch, List<List<Outcome>> outcomes, Effects effects) {
    try {
      answer(batch, outcomes);
    } finally {
      answered.accept(effects);
    }
  }

  private void answer(List<Waiting> batch, List<List<Outcome>> outcomes) {
    long now = threads.nanos().getAsLong();
    for (int index = 0; index < batch.size(); index++) {
      batch.get(index).answer().complete(outcomes.get(index));
    }
    for (int index = 0; index < batch.size(); index++) {
      Waiting waiting = batch.get(index);
      observer.answered(waiting.call(), outcomes.get(index), now - waiting.arrivedNanos());
    }
  }

  private StoreFailure asStoreFailure(String what, Throwable failure) {
    if (failure instanceof StoreFailure lost) {
      return lost;
    }
    observer.bug(
        failure instanceof RuntimeException bug ? bug : new IllegalStateException(what, failure));
    return new StoreFailure(StoreFailure.Kind.BROKEN, what + ": " + failure, failure);
  }

  private void refuse(Waiting waiting, String why) {
    waiting.answer().complete(turnAway(waiting.call(), why));
  }

  private void lose(StoreFailure failure) {
    holdings.forget();
    if (access.get() instanceof Access.Open(Store store)) {
      access.set(new Access.Lost(failure, store.end()));
      observer.storeLost(failure);
      closeQuietly(store);
    }
    switch (failure.kind()) {
      case FENCED, CORRUPT -> observer.storeGone(failure);
      // A commit that met a lock says nothing of the ownership: opening again finds that out.
      case LOCKED, FULL, UNREACHABLE, BUSY, BROKEN -> reopenAfter(limits.reopenMillisMin());
    }
  }

  private void closeQuietly(Store store) {
    try {
      store.close();
    } catch (RuntimeException alreadyBroken) {
      observer.bug(alreadyBroken);
    }
  }

  private void reopenAfter(long millis) {
    threads.timer().after(millis, () -> threads.writer().execute(() -> reopen(millis)));
  }

  private void reopen(long waitedMillis) {
    if (closed || !(access.get() instanceof Access.Lost(StoreFailure ignored, LogEnd end))) {
      return;
    }
    Store store;
    try {
      store = counted(opener.openAgain(end));
    } catch (RuntimeException failure) {
      StoreFailure still = asStoreFailure("the store could not be opened again", failure);
      access.set(new Access.Lost(still, end));
      reopenAfter(Math.min(waitedMillis * 2, limits.reopenMillisMax()));
      return;
    }
    access.set(new Access.Open(store));
    store.whenInDoubt(this::probe);
    observer.storeBack();
    told.join();
    reopened.run();
    schedule();
  }

  /// Takes nothing more, finishes what waits, and closes the store.
  CompletionStage<Void> close() {
    closed = true;
    CompletableFuture<Void> done = new CompletableFuture<>();
    threads.writer().execute(() -> finish(done));
    return done;
  }

  private void finish(CompletableFuture<Void> done) {
    try {
      while (!queue.isEmpty() || !chores.isEmpty()) {
        work();
      }
      told.join();
      if (access.get() instanceof Access.Open(Store store)) {
        access.set(
            new Access.Lost(
                new StoreFailure(StoreFailure.Kind.UNREACHABLE, "the server is closing"),
                store.end()));
        closeQuietly(store);
      }
    } finally {
      done.complete(null);
    }
  }
}
