package dev.anabranch.nostr.text;

import java.util.Objects;
import java.util.function.Supplier;

/// What parsing gives.
///
/// @param <T> what was to be parsed
public sealed interface Parsed<T> {

  /// The value it spells.
  record Value<T>(T value) implements Parsed<T> {

    public Value {
      Objects.requireNonNull(value, "value");
    }
  }

  /// Why it is not accepted.
  ///
  /// @param detail what and where, for the one who sent it
  record Malformed<T>(String detail) implements Parsed<T> {

    public Malformed {
      Objects.requireNonNull(detail, "detail");
    }
  }

  /// Runs a parser that leaves with [MalformedText] when it must.
  static <T> Parsed<T> of(Supplier<T> parser) {
    try {
      return new Value<>(parser.get());
    } catch (MalformedText malformed) {
      return new Malformed<>(malformed.getMessage());
    }
  }

  /// The value, for a text that we wrote ourselves.
  ///
  /// @throws IllegalStateException when it is malformed
  default T orThrow() {
    return switch (this) {
      case Value<T>(T value) -> value;
      case Malformed<T>(String detail) -> throw new IllegalStateException(detail);
    };
  }
}
