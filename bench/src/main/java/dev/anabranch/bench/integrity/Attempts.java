package dev.anabranch.bench.integrity;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.process.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Doing something again and again while the server comes and goes.
final class Attempts {
  private static final Duration BETWEEN = Duration.ofMillis(25);

  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicLong broken = new AtomicLong();

  /// One attempt.
  @FunctionalInterface
  interface Attempt {
    /// Goes on until it breaks or has nothing more to do.
    void run() throws IOException;
  }

  /// Repeats `attempt` until the trial ends; a broken connection is what the trial is about.
  void repeat(Attempt attempt) {
    while (!ended.get()) {
      try {
        attempt.run();
      } catch (IOException | BenchFailure e) {
        broken.incrementAndGet();
        Pause.of(BETWEEN);
      }
    }
  }

  boolean isEnded() {
    return ended.get();
  }

  void end() {
    ended.set(true);
  }

  /// How many attempts broke.
  long broken() {
    return broken.get();
  }
}
