package dev.anabranch.simulation;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.LinkLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A thread: one task after another, each after a wait that the seed decides.
final class SimulatedThread implements LinkLoop {

  private final int number;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final LongSupplier waitNanosMax;
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private boolean waiting;
  private boolean running;
  private boolean dead;

  /// A thread.
  ///
  /// @param number tells it from others: maps of threads must be walked in the same order in every
  ///   run
  /// @param waitNanosMax the longest wait before a task, as things are
  SimulatedThread(
      int number, Scheduler scheduler, RandomGenerator random, LongSupplier waitNanosMax) {
    this.number = number;
    this.scheduler = scheduler;
    this.random = random;
    this.waitNanosMax = waitNanosMax;
  }

  @Override
  public void execute(Runnable task) {
    if (!dead) {
      tasks.add(task);
      await();
    }
  }

  private void await() {
    if (!waiting) {
      waiting = true;
      scheduler.after(random.nextLong(waitNanosMax.getAsLong()), this::turn);
    }
  }

  private void turn() {
    waiting = false;
    Runnable task = tasks.poll();
    if (dead || task == null) {
      return;
    }
    running = true;
    try {
      task.run();
    } finally {
      running = false;
    }
    if (!tasks.isEmpty()) {
      await();
    }
  }

  @Override
  public int hashCode() {
    return number;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public boolean inLoop() {
    return running;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    AtomicBoolean cancelled = new AtomicBoolean();
    scheduler.after(
        delay.toNanos(),
        () ->
            execute(() -> {
              if (!cancelled.get()) {
                task.run();
              }
            }));
    return () -> cancelled.set(true);
  }

  /// Ends the thread in the middle of whatever it had to do.
  void kill() {
    dead = true;
    tasks.clear();
  }
}
