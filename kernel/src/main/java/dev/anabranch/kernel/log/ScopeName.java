package dev.anabranch.kernel.log;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/// The name of a scope, `<class>:<id>`: the unit of order, subscription, rights and retention.
///
/// @param text class `[a-z][a-z0-9_-]{0,31}`, a colon, then 1–200 bytes of UTF-8 without control
///   characters
public record ScopeName(String text) implements Comparable<ScopeName> {

  /// The longest id part, in bytes of UTF-8.
  public static final int ID_BYTES_MAX = 200;

  private static final int CLASS_LENGTH_MAX = 32;
  private static final String PRIVATE = "private:";

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
    return colon > 0 && isClass(text, colon) && Text.isPlain(text, colon + 1, ID_BYTES_MAX);
  }

  private static boolean isClass(String text, int end) {
    if (end > CLASS_LENGTH_MAX || !isLetter(text.charAt(0))) {
      return false;
    }
    for (int index = 1; index < end; index++) {
      char sign = text.charAt(index);
      if (!isLetter(sign) && !(sign >= '0' && sign <= '9') && sign != '_' && sign != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char sign) {
    return sign >= 'a' && sign <= 'z';
  }

  /// The part before the first colon, such as `chat`.
  public String kind() {
    return text.substring(0, text.indexOf(':'));
  }

  /// The part after the first colon.
  public String id() {
    return text.substring(text.indexOf(':') + 1);
  }

  /// Whether its name says whose it is, and nobody else's: no grant counts in it (decision 0101).
  public boolean isPrivate() {
    return text.startsWith(PRIVATE);
  }

  /// What a principal, or a key of its, has for itself.
  public static ScopeName privateOf(String name) {
    return new ScopeName(PRIVATE + name);
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
