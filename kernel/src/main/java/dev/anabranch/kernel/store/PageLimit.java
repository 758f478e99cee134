package dev.anabranch.kernel.store;

/// How much one page may hold; at least one change is always given.
///
/// @param countMax changes or entities, 1–10,000
/// @param bytesMax about how many bytes they may take
public record PageLimit(int countMax, int bytesMax) {

  /// The page of scope sync: 500 changes and 512 KiB.
  public static final PageLimit DEFAULT = new PageLimit(500, 512 * 1024);

  public PageLimit {
    if (countMax < 1 || countMax > 10_000 || bytesMax < 1) {
      throw new IllegalArgumentException(countMax + " items, " + bytesMax + " bytes");
    }
  }
}
