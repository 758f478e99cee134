package dev.anabranch.kernel.rule;

import java.util.Comparator;
import java.util.Locale;

/// Which of several concurrent versions is shown (seed 003, `conflictResolutionStrategy`); all of
/// them are kept.
public enum CausalStrategy {
  /// A delete beats an edit; then the larger (rank = base + 1, hlc, device, n).
  VECTOR_CLOCK,
  /// The larger (hlc, device, n).
  LATEST,
  /// As `VECTOR_CLOCK`, but the application is to settle it.
  MANUAL;

  private static final Comparator<Sibling> BY_TIME =
      Comparator.comparingLong(Sibling::hlc)
          .thenComparing(sibling -> sibling.cause().device())
          .thenComparingLong(sibling -> sibling.cause().n());

  private static final Comparator<Sibling> BY_RANK =
      Comparator.comparing(Sibling::deleted)
          .thenComparingLong(sibling -> sibling.cause().base())
          .thenComparing(BY_TIME);

  /// Smaller is the one not shown.
  Comparator<Sibling> order() {
    return this == LATEST ? BY_TIME : BY_RANK;
  }

  /// The strategy's name in seed 003's configuration.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
