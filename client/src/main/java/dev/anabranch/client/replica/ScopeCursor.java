package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;

/// Up to where this device has a scope.
///
/// @param scope where
/// @param lastId the id of the last change that is covered; 0 = nothing was fetched yet
/// @param lastSeq that change's seq; [#SEQ_UNKNOWN] right after a snapshot, which names no seq
public record ScopeCursor(ScopeName scope, long lastId, long lastSeq) {

  /// The cursor came from a snapshot: the next change's seq is taken as it comes.
  public static final long SEQ_UNKNOWN = -1;

  public ScopeCursor {
    Objects.requireNonNull(scope, "scope");
    if (lastId < 0 || lastSeq < SEQ_UNKNOWN) {
      throw new IllegalArgumentException("last id " + lastId + ", last seq " + lastSeq);
    }
  }

  /// Nothing was fetched yet.
  public static ScopeCursor start(ScopeName scope) {
    return new ScopeCursor(scope, 0, SEQ_UNKNOWN);
  }
}
