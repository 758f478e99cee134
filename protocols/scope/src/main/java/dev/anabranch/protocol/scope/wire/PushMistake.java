package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An element of a push that is not a write.
///
/// @param key its key, if that could be read
/// @param refusal what is wrong with it
public record PushMistake(@Nullable WriteKey key, Refusal refusal) implements PushEntry {

  public PushMistake {
    Objects.requireNonNull(refusal, "refusal");
  }
}
