package dev.anabranch.kernel.grant;

import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;

/// A set of scope names: one name, or everything that begins with a text (`org:*`, `*`).
///
/// @param text a scope name, or a beginning of one followed by `*`
public record ScopePattern(String text) {

  /// Every scope.
  public static final ScopePattern EVERY = new ScopePattern("*");

  public ScopePattern {
    Objects.requireNonNull(text, "text");
    int star = text.indexOf('*');
    if (star < 0 ? ScopeName.parse(text).isEmpty() : star != text.length() - 1) {
      throw new IllegalArgumentException("not a scope name or a beginning and *: " + text);
    }
  }

  /// Whether a scope is in the set.
  public boolean matches(ScopeName scope) {
    return text.endsWith("*")
        ? scope.text().startsWith(text.substring(0, text.length() - 1))
        : scope.text().equals(text);
  }
}
