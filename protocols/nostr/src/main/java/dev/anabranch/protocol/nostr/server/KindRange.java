package dev.anabranch.protocol.nostr.server;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Kinds that follow each other.
///
/// @param first 0 to 65535
/// @param last not below the first
public record KindRange(int first, int last) {

  private static final int KIND_MAX = 65_535;
  private static final Pattern TEXT = Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?");

  public KindRange {
    if (first < 0 || last > KIND_MAX || first > last) {
      throw new IllegalArgumentException("kinds " + first + " to " + last);
    }
  }

  /// The range of a text such as `1` or `30000-39999`.
  public static Optional<KindRange> parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int first = Integer.parseInt(parts.group(1));
    int last = parts.group(2) == null ? first : Integer.parseInt(parts.group(2));
    return last <= KIND_MAX && first <= last
        ? Optional.of(new KindRange(first, last))
        : Optional.empty();
  }

  /// The text of the range.
  public String text() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  /// Whether a kind is in one of the ranges; in none at all is every kind.
  public static boolean anyContains(List<KindRange> ranges, int kind) {
    return ranges.isEmpty()
        || ranges.stream().anyMatch(range -> range.first <= kind && kind <= range.last);
  }
}
