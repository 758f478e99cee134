package dev.anabranch.kernel.grant;

import java.util.Locale;
import java.util.Optional;

/// What a principal may do in a scope; each right holds the ones before it.
public enum Right {
  NONE,
  READ,
  WRITE,
  ADMIN;

  /// Whether this right is enough for another.
  public boolean covers(Right needed) {
    return compareTo(needed) >= 0;
  }

  /// The lower of the two.
  public Right atMost(Right ceiling) {
    return compareTo(ceiling) <= 0 ? this : ceiling;
  }

  /// The lower-case word on the wire.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The right for a lower-case word; `none` is a word too.
  public static Optional<Right> ofWord(String word) {
    return switch (word) {
      case "none" -> Optional.of(NONE);
      case "read" -> Optional.of(READ);
      case "write" -> Optional.of(WRITE);
      case "admin" -> Optional.of(ADMIN);
      default -> Optional.empty();
    };
  }
}
