package dev.anabranch.kernel.log;

import java.util.Objects;
import java.util.Optional;

/// The name of a kind of entity, such as `Message`.
///
/// @param text `[A-Za-z][A-Za-z0-9_]{0,63}`; exact, aliases are the edge's work
public record ModelName(String text) implements Comparable<ModelName> {

  private static final int LENGTH_MAX = 64;

  /// The reserved model whose entities are the rights of principals on the scope.
  public static final ModelName GRANT = new ModelName("grant");

  public ModelName {
    Objects.requireNonNull(text, "text");
    if (!isName(text)) {
      throw new IllegalArgumentException("not a model name: " + text);
    }
  }

  // Checked for every row that is read: a pattern would take longer than the row.
  private static boolean isName(String text) {
    if (text.isEmpty() || text.length() > LENGTH_MAX || !isLetter(text.charAt(0))) {
      return false;
    }
    for (int index = 1; index < text.length(); index++) {
      char sign = text.charAt(index);
      if (!isLetter(sign) && !(sign >= '0' && sign <= '9') && sign != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char sign) {
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
  }

  /// The name, when the text is one.
  public static Optional<ModelName> parse(String text) {
    return isName(text) ? Optional.of(new ModelName(text)) : Optional.empty();
  }

  @Override
  public int compareTo(ModelName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
