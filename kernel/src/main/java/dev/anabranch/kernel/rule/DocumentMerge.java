package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the rule `document` needs of a CRDT; the server binds it to one.
///
/// Merging is commutative, associative and idempotent (K10).
public interface DocumentMerge {

  /// Why these bytes are not an update; empty when they are one.
  Optional<Fault> check(Bytes update);

  /// The state that holds everything that a state and an update hold.
  ///
  /// @param state null = nothing yet
  /// @param update checked before
  Bytes merge(@Nullable Bytes state, Bytes update);

  /// The state that holds everything that a state and many updates hold: what [#merge] gives step
  /// by step, at once.
  default Bytes mergeAll(@Nullable Bytes state, List<Bytes> updates) {
    @Nullable Bytes merged = state;
    for (Bytes update : updates) {
      merged = merge(merged, update);
    }
    if (merged == null) {
      throw new IllegalArgumentException("nothing to merge");
    }
    return merged;
  }

  /// The same state in as few bytes as it can be said in: what is kept for long.
  default Bytes settle(Bytes state) {
    return state;
  }

  /// Whether two states hold the same (K10); equal bytes do, and other bytes may.
  default boolean isSame(Bytes one, Bytes other) {
    return one.equals(other);
  }
}
