package dev.anabranch.kernel.log;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a kind of entity, such as `Message`.
///
/// @param text `[A-Za-z][A-Za-z0-9_]{0,63}`; exact, aliases are the edge's work
public record ModelName(String text) implements Comparable<ModelName> {

  private static final Pattern SHAPE = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");

  /// The reserved model whose entities are the rights of principals on the scope.
  public static final ModelName GRANT = new ModelName("grant");

  public ModelName {
    Objects.requireNonNull(text, "text");
    if (!SHAPE.matcher(text).matches()) {
      throw new IllegalArgumentException("not a model name: " + text);
    }
  }

  /// The name, when the text is one.
  public static Optional<ModelName> parse(String text) {
    return SHAPE.matcher(text).matches() ? Optional.of(new ModelName(text)) : Optional.empty();
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
