package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.WriteKey;
import org.jspecify.annotations.Nullable;

/// One element of a push: a write, or what somebody took for one.
///
/// A mistaken element is kept, because it gets an outcome of its own and must not stop the others.
public sealed interface PushEntry permits PushWrite, PushMistake {

  /// The writer's key; null when it could not be read.
  @Nullable WriteKey key();
}
