package dev.anabranch.kernel.log;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a scope, `<class>:<id>`: the unit of order, subscription, rights and retention.
///
/// @param text class `[a-z][a-z0-9_-]{0,31}`, a colon, then 1–200 bytes of UTF-8 without control
///   characters
public record ScopeName(String text) implements Comparable<ScopeName> {

  /// The longest id part, in bytes of UTF-8.
  public static final int ID_BYTES_MAX = 200;

  private static final Pattern CLASS = Pattern.compile("[a-z][a-z0-9_-]{0,31}");

  public ScopeName {
    Objects.requireNonNull(text, "text");
    if (!isValid(text)) {
      throw new IllegalArgumentException("not a scope name: " + text);
    }
  }

  /// The name, when the text is one.
  public static Optional<ScopeName> parse(String text) {
    return isValid(text) ? Optional.of(new ScopeName(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    int colon = text.indexOf(':');
    return colon > 0
        && CLASS.matcher(text.substring(0, colon)).matches()
        && Text.isPlain(text.substring(colon + 1), ID_BYTES_MAX);
  }

  /// The part before the first colon, such as `chat`.
  public String kind() {
    return text.substring(0, text.indexOf(':'));
  }

  /// The part after the first colon.
  public String id() {
    return text.substring(text.indexOf(':') + 1);
  }

  /// The name as UTF-8.
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public int compareTo(ScopeName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
