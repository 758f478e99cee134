package dev.anabranch.bench.report;

/// Which way a row's figures are better.
public enum Better {
  /// Rates.
  MORE,
  /// Delays and sizes.
  LESS;

  /// Whether `value` is better than `other`.
  public boolean than(double value, double other) {
    return this == MORE ? value > other : value < other;
  }
}
