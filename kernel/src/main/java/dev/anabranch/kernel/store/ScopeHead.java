package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;

/// How far a scope's log goes, and how far back it is retained.
///
/// @param scope its name
/// @param seq the seq of its last change; 0 = unknown scope
/// @param id the id of its last change; 0 likewise
/// @param floorSeq changes up to this seq may be gone; 0 = everything is there
/// @param floorId the id of the last change that may be gone; a cursor below it refetches
public record ScopeHead(ScopeName scope, long seq, long id, long floorSeq, long floorId) {

  public ScopeHead {
    Objects.requireNonNull(scope, "scope");
    if (floorSeq < 0 || seq < floorSeq || id < floorId) {
      throw new IllegalArgumentException(
          "seq " + seq + ", id " + id + ", floor " + floorSeq + " at " + floorId);
    }
  }

  /// The head of a scope without changes.
  public static ScopeHead empty(ScopeName scope) {
    return new ScopeHead(scope, 0, 0, 0, 0);
  }
}
