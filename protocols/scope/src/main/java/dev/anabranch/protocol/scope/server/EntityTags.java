package dev.anabranch.protocol.scope.server;

import java.util.Optional;

/// An entity's version as an ETag: `"3"`.
final class EntityTags {
  private EntityTags() {}

  static String of(long version) {
    return "\"" + version + "\"";
  }

  /// The version of a tag: `3`, `"3"` or `W/"3"` (a proxy that compresses makes it weak).
  static Optional<Long> version(String tag) {
    String bare = tag.strip();
    if (bare.startsWith("W/")) {
      bare = bare.substring(2);
    }
    if (bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    return QueryReader.parse(bare).filter(version -> version >= 0);
  }
}
