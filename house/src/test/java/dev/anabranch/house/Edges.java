package dev.anabranch.house;

import java.util.Map;
import java.util.Optional;

/// The classes that may touch the real world, each with its reason.
///
/// A line names a class (its nested classes included) or, ending in a dot, a package with all below
/// it. Everything else takes what it needs through its constructor.
final class Edges {
  static final Map<String, String> REASONS = Map.of();

  private Edges() {}

  /// The reason that excuses a class, if there is one.
  static Optional<String> of(String className) {
    return REASONS.entrySet().stream()
        .filter(edge -> covers(edge.getKey(), className))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  static boolean covers(String edge, String className) {
    return edge.endsWith(".")
        ? className.startsWith(edge)
        : className.equals(edge) || className.startsWith(edge + "$");
  }
}
