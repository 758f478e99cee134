package dev.anabranch.kernel;

import dev.anabranch.kernel.log.Fault;
import java.util.Objects;
import java.util.function.Function;

/// What asking the kernel gives: a value, or a fault.
public sealed interface Answer<T> {

  /// What was asked for.
  record Given<T>(T value) implements Answer<T> {
    public Given {
      Objects.requireNonNull(value, "value");
    }
  }

  /// The answer is no.
  record Refused<T>(Fault fault) implements Answer<T> {
    public Refused {
      Objects.requireNonNull(fault, "fault");
    }
  }

  /// This answer with its value turned into another.
  default <U> Answer<U> map(Function<T, U> turn) {
    return switch (this) {
      case Given<T>(T value) -> new Given<>(turn.apply(value));
      case Refused<T>(Fault fault) -> new Refused<>(fault);
    };
  }
}
