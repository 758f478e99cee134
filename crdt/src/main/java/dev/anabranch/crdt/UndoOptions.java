package dev.anabranch.crdt;

import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an undo history notices and how it bundles it.
///
/// @param clock tells how long ago the last change was
/// @param captureMillis changes that follow each other within this time are undone together
/// @param origins the transactions to notice, by origin; null stands for those without one
/// @param ignoresRemoteMapChanges whether undo may replace a value that somebody else has set since
public record UndoOptions(
    InstantSource clock,
    long captureMillis,
    Set<@Nullable Object> origins,
    boolean ignoresRemoteMapChanges) {
  public UndoOptions {
    origins = new LinkedHashSet<>(origins);
  }

  /// Notices transactions without origin, and bundles within half a second, as Yjs does.
  public static UndoOptions usual(InstantSource clock) {
    Set<@Nullable Object> withoutOrigin = new LinkedHashSet<>();
    withoutOrigin.add(null);
    return new UndoOptions(clock, 500, withoutOrigin, false);
  }

  /// The same with another time for bundling.
  public UndoOptions capturing(long millis) {
    return new UndoOptions(clock, millis, origins, ignoresRemoteMapChanges);
  }

  /// The same, but undo may replace a value that somebody else has set since.
  public UndoOptions ignoringRemoteMapChanges() {
    return new UndoOptions(clock, captureMillis, origins, true);
  }
}
