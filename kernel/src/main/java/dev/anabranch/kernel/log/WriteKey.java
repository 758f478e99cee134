package dev.anabranch.kernel.log;

import java.util.Objects;
import java.util.Optional;

/// Chosen by the writer for one write, so that a retry is harmless (a Nostr event's id is its key).
///
/// @param text 1–200 bytes of UTF-8 without control characters
public record WriteKey(String text) implements Comparable<WriteKey> {

  /// The longest accepted text, in bytes of UTF-8.
  public static final int BYTES_MAX = 200;

  /// The key of the grant by which a principal founds a scope: once for each of the two, so one key
  /// is enough. No writer's write may have it, whatever it founds. (Logs of earlier servers have
  /// `grant/<hash>` there, which a writer could foresee.)
  public static final WriteKey FOUNDING = new WriteKey("~founding");

  public WriteKey {
    Objects.requireNonNull(text, "text");
    if (!Text.isPlain(text, BYTES_MAX)) {
      throw new IllegalArgumentException("not 1 to " + BYTES_MAX + " plain bytes: " + text);
    }
  }

  /// The id, when the text is one.
  public static Optional<WriteKey> parse(String text) {
    return Text.isPlain(text, BYTES_MAX) ? Optional.of(new WriteKey(text)) : Optional.empty();
  }

  @Override
  public int compareTo(WriteKey other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
