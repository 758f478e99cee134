package dev.anabranch.protocol.scope.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What decoding a message or a body gives.
public sealed interface Decoded<T> {

  /// What it says.
  record Good<T>(T value) implements Decoded<T> {
    public Good {
      Objects.requireNonNull(value, "value");
    }
  }

  /// It says nothing that we understand.
  ///
  /// @param refusal why not
  /// @param scope the scope it names, as it came, for the answer; null = none could be read
  /// @param ref its ref, for the answer; null = none could be read
  record Bad<T>(Refusal refusal, @Nullable String scope, @Nullable Ref ref) implements Decoded<T> {
    public Bad {
      Objects.requireNonNull(refusal, "refusal");
    }
  }
}
