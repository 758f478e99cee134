package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import org.jspecify.annotations.Nullable;

/// Between which places of the order rows are read.
///
/// @param since this time or later
/// @param until this time or earlier
/// @param tieAfter at `until` itself only behind this tie; null = all of that time
public record MarkWindow(long since, long until, @Nullable Long tieAfter) {

  static MarkWindow of(Search search, @Nullable Spot after) {
    return after == null || after.time() > search.until()
        ? new MarkWindow(search.since(), search.until(), null)
        : new MarkWindow(search.since(), after.time(), after.tie());
  }

  /// The same, behind a place.
  MarkWindow behind(Spot spot) {
    return new MarkWindow(since, spot.time(), spot.tie());
  }

  /// The same, with nothing that is older than a time.
  public MarkWindow notBefore(long time) {
    return new MarkWindow(Math.max(since, time), until, tieAfter);
  }

  /// Whether a place lies in it.
  boolean holds(Spot spot) {
    return spot.time() >= since
        && (spot.time() < until
            || (spot.time() == until && (tieAfter == null || spot.tie() > tieAfter)));
  }

  /// What a statement is given for [#tieAfter] when it is null: below every tie.
  public long tieOrLeast() {
    return tieAfter == null ? Long.MIN_VALUE : tieAfter;
  }

  /// 1 when the least tie itself is wanted too: nothing was given.
  public int fromTheStart() {
    return tieAfter == null ? 1 : 0;
  }
}
