package dev.anabranch.kernel.log;

import java.util.Objects;
import java.util.Optional;

/// Names who acts; a principal owns credentials.
///
/// @param text 1–200 bytes of UTF-8 without control characters
public record PrincipalId(String text) implements Comparable<PrincipalId> {

  /// The longest accepted text, in bytes of UTF-8.
  public static final int BYTES_MAX = 200;

  /// Who writes what is left where somebody's words are taken back. No token may name it: its own
  /// changes say what others said, and go with theirs.
  public static final PrincipalId ERASER = new PrincipalId("server/eraser");

  public PrincipalId {
    Objects.requireNonNull(text, "text");
    if (!Text.isPlain(text, BYTES_MAX)) {
      throw new IllegalArgumentException("not 1 to " + BYTES_MAX + " plain bytes: " + text);
    }
  }

  /// The id, when the text is one.
  public static Optional<PrincipalId> parse(String text) {
    return Text.isPlain(text, BYTES_MAX) ? Optional.of(new PrincipalId(text)) : Optional.empty();
  }

  @Override
  public int compareTo(PrincipalId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
