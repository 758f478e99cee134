package dev.anabranch.protocol.scope.wire;

import java.util.Objects;
import java.util.Optional;

/// Chosen by a client for one request and echoed in what answers it.
///
/// @param text 1–200 characters
public record Ref(String text) {

  /// The longest accepted text, in characters.
  public static final int CHARS_MAX = 200;

  public Ref {
    Objects.requireNonNull(text, "text");
    if (!fits(text)) {
      throw new IllegalArgumentException("a ref of " + text.length() + " characters");
    }
  }

  /// The ref, when the text is one.
  public static Optional<Ref> parse(String text) {
    return fits(text) ? Optional.of(new Ref(text)) : Optional.empty();
  }

  private static boolean fits(String text) {
    return !text.isEmpty() && text.length() <= CHARS_MAX;
  }

  @Override
  public String toString() {
    return text;
  }
}
