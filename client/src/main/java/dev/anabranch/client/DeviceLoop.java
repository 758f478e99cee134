package dev.anabranch.client;

import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.session.Effect;
import dev.anabranch.client.session.ReplicaSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of a device: takes what happened, runs it through the session in one transaction,
/// and carries out the effects once that is on disk.
///
/// What queued up while one transaction was synced goes into the next together, so that a thousand
/// writes or frames cost a few syncs and not a thousand. When the local copy fails the loop stops
/// for good (fail stop) and everybody who waits is told why.
final class DeviceLoop {

  /// The most happenings in one transaction.
  static final int STEP_MAX = 256;

  /// The most bytes of frames that wait or are in the step under way; a larger one comes alone.
  static final int FRAME_BYTES_MAX = 8 * 1024 * 1024;

  private static final long LOOK_MILLIS = 100;

  static final String CLOSED = "the client is closed";

  private static final Logger LOG = LoggerFactory.getLogger(DeviceLoop.class);

  private final ReplicaStore store;
  private final ReplicaSession session;
  private final LongSupplier millis;
  private final LinkedBlockingQueue<Happening> mailbox;
  private final Semaphore frameBytes = new Semaphore(FRAME_BYTES_MAX, true);
  private final Thread thread;
  private final AtomicReference<@Nullable ReplicaFailure> stopped = new AtomicReference<>();
  private Consumer<Effect> outside = effect -> {};
  private Consumer<ReplicaSession> afterStep = ignored -> {};
  private Consumer<ReplicaFailure> ended = why -> {};
  private long wakeAt = Long.MAX_VALUE;
  private volatile boolean closing;

  /// What the loop's own effects brought about at once; it must not wait for room in the mailbox.
  private final ArrayDeque<Happening> own = new ArrayDeque<>();

  /// Something that happened, and who waits until it is on disk.
  ///
  /// @param frameBytes how much of [#FRAME_BYTES_MAX] it holds
  private record Happening(
      Consumer<ReplicaSession> what,
      Runnable done,
      Consumer<ReplicaFailure> failed,
      int frameBytes) {}

  /// A loop that has not started.
  ///
  /// @param millis counts milliseconds from 0 on, whatever is done to the clock
  /// @param mailboxMax the most happenings that wait; a user waits for room, a line that outruns
  ///   the device is slowed down by its own thread waiting
  DeviceLoop(
      ReplicaStore store,
      ReplicaSession session,
      LongSupplier millis,
      ThreadFactory threads,
      int mailboxMax) {
    this.store = store;
    this.session = session;
    this.millis = millis;
    this.mailbox = new LinkedBlockingQueue<>(mailboxMax);
    this.thread = threads.newThread(this::run);
  }

  /// Starts the thread.
  ///
  /// @param effects carries out everything but waking, on the loop's thread
  /// @param after is shown the session after every step, on the loop's thread
  /// @param end is told once why the loop has ended, on the loop's thread
  void start(
      Consumer<Effect> effects, Consumer<ReplicaSession> after, Consumer<ReplicaFailure> end) {
    outside = effects;
    afterStep = after;
    ended = end;
    thread.start();
  }

  /// Something happened; from any thread.
  void tell(Consumer<ReplicaSession> what) {
    tell(what, failure -> {});
  }

  /// Something happened; from any thread.
  ///
  /// @param failed told, on any thread, when it comes too late
  void tell(Consumer<ReplicaSession> what, Consumer<ReplicaFailure> failed) {
    put(new Happening(what, () -> {}, failed, 0));
  }

  /// A frame came; whoever brings it waits until there is room for it, so that no server fills this
  /// device's memory by being faster than its disk.
  ///
  /// @param bytes about how long it is
  void hear(int bytes, Consumer<ReplicaSession> what) {
    boolean waits = !thread.equals(Thread.currentThread());
    int held = waits ? Math.min(bytes, FRAME_BYTES_MAX) : 0;
    if (held > 0) {
      Uninterrupted.run(() -> {
        while (stopped.get() == null
            && !frameBytes.tryAcquire(held, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          Thread.onSpinWait();
        }
      });
    }
    put(new Happening(what, () -> {}, failure -> {}, held));
  }

  /// Something is asked; answered once it is on disk.
  ///
  /// @throws ReplicaFailure when the local copy has failed
  <T> T ask(Function<ReplicaSession, T> what) {
    if (thread.equals(Thread.currentThread())) {
      throw new IllegalStateException("a conflict rule must not call the client");
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    AtomicReference<@Nullable T> found = new AtomicReference<>();
    put(
        new Happening(
            state -> found.set(what.apply(state)),
            () -> answer.complete(found.get()),
            answer::completeExceptionally,
            0));
    try {
      return answer.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof ReplicaFailure failure) {
        throw failure;
      }
      throw failed;
    }
  }

  private void put(Happening happening) {
    ReplicaFailure failure = stopped.get();
    if (failure != null) {
      happening.failed().accept(failure);
      return;
    }
    if (thread.equals(Thread.currentThread())) {
      own.add(happening);
      return;
    }
    Uninterrupted.run(() -> mailbox.put(happening));
    failure = stopped.get();
    if (failure != null) {
      failWaiting(failure);
    }
  }

  private void run() {
    try {
      while (!closing) {
        List<Happening> batch = next();
        step(batch);
        frameBytes.release(batch.stream().mapToInt(Happening::frameBytes).sum());
      }
      stop(new ReplicaFailure(CLOSED));
    } catch (ReplicaFailure failure) {
      LOG.error("the local copy failed; the client stops", failure);
      stop(failure);
    } catch (RuntimeException | Error bug) {
      LOG.error("the client stops", bug);
      stop(new ReplicaFailure("the client broke: " + bug, bug));
    } catch (InterruptedException stop) {
      stop(new ReplicaFailure("the client's thread was interrupted", stop));
    }
  }

  private void stop(ReplicaFailure why) {
    try {
      ended.accept(why); // who hears that it has ended finds the status of one that has
    } finally {
      stopped.set(why);
      failWaiting(why);
    }
  }

  private void failWaiting(ReplicaFailure why) {
    List<Happening> left = new ArrayList<>();
    mailbox.drainTo(left);
    left.forEach(happening -> happening.failed().accept(why));
  }

  private List<Happening> next() throws InterruptedException {
    boolean unused = Thread.interrupted(); // a rule or a supplier of tokens did it: nobody else may
    List<Happening> batch = new ArrayList<>(own);
    own.clear();
    if (!batch.isEmpty()) {
      return batch;
    }
    long waitMillis = wakeAt == Long.MAX_VALUE ? Long.MAX_VALUE : wakeAt - millis.getAsLong();
    Happening first =
        waitMillis == Long.MAX_VALUE
            ? mailbox.take()
            : mailbox.poll(Math.max(0, waitMillis), TimeUnit.MILLISECONDS);
    if (first != null) {
      batch.add(first);
      mailbox.drainTo(batch, STEP_MAX - 1);
    }
    return batch;
  }

  private void step(List<Happening> batch) {
    long now = millis.getAsLong();
    boolean rings = now >= wakeAt;
    List<Effect> effects;
    try {
      effects =
          store.write(replica -> {
            session.begin(replica, now);
            batch.forEach(happening -> happening.what().accept(session));
            if (rings) {
              session.ring();
            }
            return session.end();
          });
    } catch (RuntimeException | Error failure) {
      ReplicaFailure why =
          failure instanceof ReplicaFailure known
              ? known
              : new ReplicaFailure("the client broke: " + failure, failure);
      batch.forEach(happening -> happening.failed().accept(why));
      throw failure;
    }
    if (rings) {
      wakeAt = Long.MAX_VALUE;
    }
    try {
      effects.forEach(this::perform);
      afterStep.accept(session);
    } finally { // what was asked is on disk, whatever comes of the effects
      batch.forEach(happening -> happening.done().run());
    }
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Wake(long atMillis)) {
      wakeAt = atMillis;
    } else {
      outside.accept(effect);
    }
  }

  /// Ends the loop after what is queued, and waits for it.
  void close() {
    if (thread.equals(Thread.currentThread())) {
      throw new IllegalStateException("a conflict rule must not close the client");
    }
    tell(ignored -> closing = true);
    Uninterrupted.run(thread::join);
  }
}
