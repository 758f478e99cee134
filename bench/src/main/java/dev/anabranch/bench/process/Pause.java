package dev.anabranch.bench.process;

import dev.anabranch.bench.failure.BenchFailure;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waiting, for as long as it takes or as long as patience lasts.
public final class Pause {
  private Pause() {}

  /// Waits so long.
  public static void of(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  /// Waits until `condition` holds, looking every two milliseconds; false when patience ran out.
  public static boolean until(BooleanSupplier condition, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      of(Duration.ofMillis(2));
    }
    return true;
  }
}
