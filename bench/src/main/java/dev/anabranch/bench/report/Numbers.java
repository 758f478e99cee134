package dev.anabranch.bench.report;

import java.util.Locale;

/// Numbers for people.
public final class Numbers {
  private Numbers() {}

  /// Three significant digits below a thousand, whole with separators above.
  public static String text(double value) {
    double size = Math.abs(value);
    String format =
        size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  /// A share as whole per cent.
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }
}
