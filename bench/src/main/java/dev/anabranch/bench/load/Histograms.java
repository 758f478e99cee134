package dev.anabranch.bench.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Histograms of delays in nanoseconds.
public final class Histograms {
  private Histograms() {}

  /// Up to two minutes with three significant digits.
  public static Histogram nanos() {
    return new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
  }

  /// A percentile in milliseconds.
  public static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }
}
