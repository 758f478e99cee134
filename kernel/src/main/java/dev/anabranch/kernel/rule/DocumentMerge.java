package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Fault;
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
}
