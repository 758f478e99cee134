package dev.anabranch.kernel.log;

import java.util.Objects;
import java.util.Optional;

/// Names one entity among those of its scope and model.
///
/// @param text 1–512 bytes of UTF-8 without control characters; nothing is made under `.` and `..`
///   (`invalid`), though earlier servers may have
public record EntityId(String text) implements Comparable<EntityId> {

  /// The longest accepted text, in bytes of UTF-8.
  public static final int BYTES_MAX = 512;

  public EntityId {
    Objects.requireNonNull(text, "text");
    if (!Text.isPlain(text, BYTES_MAX)) {
      throw new IllegalArgumentException("not 1 to " + BYTES_MAX + " plain bytes: " + text);
    }
  }

  /// The id, when the text is one.
  public static Optional<EntityId> parse(String text) {
    return Text.isPlain(text, BYTES_MAX) ? Optional.of(new EntityId(text)) : Optional.empty();
  }

  /// Whether it is `.` or `..`, which clients take out of a URL's path, also in its escaped form:
  /// no URL names what has such an id.
  public boolean isStepInUrl() {
    return text.equals(".") || text.equals("..");
  }

  @Override
  public int compareTo(EntityId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
