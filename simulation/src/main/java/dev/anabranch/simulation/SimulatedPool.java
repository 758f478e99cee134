package dev.anabranch.simulation;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// Many threads: every task for itself, so that a later one may overtake an earlier one.
final class SimulatedPool implements Executor {

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final long waitNanosMax;
  private boolean dead;

  SimulatedPool(Scheduler scheduler, RandomGenerator random, long waitNanosMax) {
    this.scheduler = scheduler;
    this.random = random;
    this.waitNanosMax = waitNanosMax;
  }

  @Override
  public void execute(Runnable task) {
    scheduler.after(
        random.nextLong(waitNanosMax),
        () -> {
          if (!dead) {
            task.run();
          }
        });
  }

  /// Ends all threads in the middle of whatever they had to do.
  void kill() {
    dead = true;
  }
}
