package dev.anabranch.protocol.scope.server;

import dev.anabranch.link.Headers;
import java.util.Optional;
import java.util.stream.Stream;

/// An entity's version as an ETag: `"3"`.
final class EntityTags {
  private EntityTags() {}

  static String of(long version) {
    return "\"" + version + "\"";
  }

  /// Whether `If-None-Match` says that the asker has what this tag stands for (RFC 9110, 13.1.2):
  /// weak and strong ones are alike, and `*` is any.
  static boolean isKnown(Headers headers, String tag) {
    return headers.all("If-None-Match").stream()
        .flatMap(value -> Stream.of(value.split(",", -1)))
        .map(each -> bare(each.strip()))
        .anyMatch(each -> each.equals("*") || each.equals(bare(tag)));
  }

  private static String bare(String tag) {
    return tag.startsWith("W/") ? tag.substring(2) : tag;
  }

  /// The version of a tag: `3`, `"3"` or `W/"3"` (a proxy that compresses makes it weak).
  static Optional<Long> version(String tag) {
    String bare = bare(tag.strip());
    if (bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    return QueryReader.parse(bare).filter(version -> version >= 0);
  }
}
