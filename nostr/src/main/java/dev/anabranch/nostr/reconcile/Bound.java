package dev.anabranch.nostr.reconcile;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The end of a range, itself outside: a time, and as much of an id as it takes.
///
/// @param timestamp seconds since 1970, or [#INFINITY]
/// @param idPrefix 0–32 bytes; what is missing is zero
record Bound(long timestamp, byte[] idPrefix) {

  /// Behind every record.
  static final long INFINITY = Long.MAX_VALUE;

  /// Before every record.
  static final Bound START = new Bound(0, new byte[0]);

  /// Behind every record.
  static final Bound END = new Bound(INFINITY, new byte[0]);

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bound bound
        && timestamp == bound.timestamp
        && Arrays.equals(idPrefix, bound.idPrefix);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(timestamp) * 31 + Arrays.hashCode(idPrefix);
  }

  @Override
  public String toString() {
    return timestamp + "/" + Arrays.toString(idPrefix);
  }
}
