package dev.anabranch.server;

import dev.anabranch.engine.EngineThreads;
import dev.anabranch.protocol.nostr.server.NostrSeams;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads and clocks of a real server: one writer and its teller, a virtual thread for each
/// read, one timer for what waits and one for the engine, which no long chore may hold up.
final class ServerThreads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ServerThreads.class);

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("writer").factory());
  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("teller").factory());
  private final ExecutorService readers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("reader-", 0).factory());
  private final ExecutorService signatures =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          Thread.ofPlatform().daemon().name("signature-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("timer").factory());
  private final ScheduledExecutorService engineTimer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("engine-timer").factory());
  private final ExecutorService verifiers =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          Thread.ofPlatform().name("verifier-", 0).factory());
  private final ExecutorService feed =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("nostr-feed").factory());
  private final List<Runnable> closing = new CopyOnWriteArrayList<>();
  private final InstantSource clock = InstantSource.system();
  private final RandomGenerator random = unguessable();

  /// Chance that nobody foretells; safe to use from many threads.
  static RandomGenerator unguessable() {
    return new SecureRandom();
  }

  /// Unguessable; safe to use from many threads.
  RandomGenerator random() {
    return random;
  }

  /// One thread for each processor: what is done here computes and never waits.
  Executor signatures() {
    return signatures;
  }

  EngineThreads forEngine() {
    return new EngineThreads(
        writer,
        teller,
        readers,
        (millis, task) -> after(engineTimer, millis, task),
        clock,
        System::nanoTime);
  }

  NostrSeams forNostr() {
    return new NostrSeams(
        clock,
        System::nanoTime,
        random,
        verifiers,
        feed,
        (millis, task) -> after(timer, millis, task));
  }

  private static void after(ScheduledExecutorService timer, long millis, Runnable task) {
    var unused = timer.schedule(guarded("a task", task), millis, TimeUnit.MILLISECONDS);
  }

  /// Runs a short task again and again; one that throws is logged and runs again next time.
  void every(long millis, String what, Runnable task) {
    every(millis, millis, what, task);
  }

  private void every(long firstMillis, long millis, String what, Runnable task) {
    var unused =
        timer.scheduleWithFixedDelay(
            guarded(what, task), firstMillis, millis, TimeUnit.MILLISECONDS);
  }

  /// Runs a task that blocks again and again, never twice at once.
  void everyBlocking(long millis, String what, Runnable task) {
    everyBlocking(millis, millis, what, task);
  }

  /// The same, for the first time after another while.
  void everyBlocking(long firstMillis, long millis, String what, Runnable task) {
    AtomicBoolean running = new AtomicBoolean();
    every(
        firstMillis,
        millis,
        what,
        () -> {
          if (running.compareAndSet(false, true)) {
            boolean begun = false;
            try {
              readers.execute(() -> {
                try {
                  guarded(what, task).run();
                } finally {
                  running.set(false);
                }
              });
              begun = true;
            } finally {
              if (!begun) {
                running.set(false);
              }
            }
          }
        });
  }

  /// Whatever a task throws, an Error too: a timer never again runs what has thrown at it.
  private static Runnable guarded(String what, Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (Throwable failure) {
        tell(what, failure);
      }
    };
  }

  private static void tell(String what, Throwable failure) {
    try {
      LOG.error("{} broke off", what, failure);
    } catch (Throwable alsoBroken) {
      // Where memory ends there is none for the line either; the task runs again all the same.
    }
  }

  /// Runs a task when the threads end.
  void closing(Runnable task) {
    closing.add(task);
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
    timer.shutdownNow();
    engineTimer.shutdownNow();
    verifiers.shutdown();
    feed.shutdown();
    writer.shutdown();
    teller.shutdown();
    readers.shutdown();
    signatures.shutdown();
  }
}
