package dev.anabranch.link.limit;

/// So many in a second on average, and so many at once.
///
/// @param perSecond the long-term average; 0 = without a limit
/// @param burst how many may come at once after a pause; at least 1
public record Rate(long perSecond, long burst) {

  /// Without a limit.
  public static final Rate UNLIMITED = new Rate(0, 1);

  private static final long NANOS = 1_000_000_000L;

  public Rate {
    if (perSecond < 0 || perSecond > NANOS || burst < 1) {
      throw new IllegalArgumentException(perSecond + " per second, " + burst + " at once");
    }
  }

  /// Whether there is no limit.
  public boolean isUnlimited() {
    return perSecond == 0;
  }

  long nanosEach() {
    return NANOS / perSecond;
  }
}
