package dev.anabranch.kernel.store;

import java.util.Locale;

/// Why a reader must start over from a snapshot.
public enum RefetchReason {
  /// The cursor is beyond the scope's head: it comes from another history.
  CURSOR_AHEAD,
  /// Changes after the cursor are no longer retained.
  CURSOR_BEHIND_RETENTION,
  /// The cursor was given after the point that the store was since restored to.
  EPOCH,
  /// The reader's rights in the scope changed.
  ACCESS_CHANGED;

  /// The lower-case word on the wire.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
