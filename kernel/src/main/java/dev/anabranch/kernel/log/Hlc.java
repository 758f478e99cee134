package dev.anabranch.kernel.log;

/// Hybrid logical clock stamps: milliseconds in the upper 48 bits, a counter in the lower 16,
/// compared as `long`.
public final class Hlc {

  private static final int COUNTER_BITS = 16;

  private Hlc() {}

  /// The stamp of a moment, with counter 0.
  public static long ofMillis(long millis) {
    return millis << COUNTER_BITS;
  }

  /// The milliseconds of a stamp.
  public static long millis(long hlc) {
    return hlc >>> COUNTER_BITS;
  }

  /// The next stamp after `last` at wall time `nowMillis`: never smaller than the time, always
  /// greater than `last`.
  public static long next(long last, long nowMillis) {
    return Math.max(last + 1, ofMillis(nowMillis));
  }

  /// A peer's stamp, held to at most `aheadMillisMax` in front of our time.
  public static long clamp(long claimed, long nowMillis, long aheadMillisMax) {
    return Math.min(claimed, ofMillis(nowMillis + aheadMillisMax));
  }
}
