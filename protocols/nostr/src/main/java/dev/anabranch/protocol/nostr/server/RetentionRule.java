package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import java.util.List;
import java.util.Set;

/// How many events of some kinds and authors are kept: those that are over by any of the bounds go,
/// the oldest first.
///
/// @param kinds of which; empty = of all
/// @param authors by whom; empty = by all
/// @param keepDays those dated later than so many days ago are kept; 0 = of any age
/// @param keepEvents so many are kept in all; 0 = any number
/// @param keepBytes so many bytes of their JSON are kept in all; 0 = any number
public record RetentionRule(
    List<KindRange> kinds, Set<PublicKey> authors, int keepDays, long keepEvents, long keepBytes) {

  private static final long DAY_SECONDS = 86_400;

  public RetentionRule {
    kinds = List.copyOf(kinds);
    authors = Set.copyOf(authors);
    if (keepDays < 0 || keepEvents < 0 || keepBytes < 0) {
      throw new IllegalArgumentException(keepDays + " days, " + keepEvents + ", " + keepBytes);
    }
    if (keepDays == 0 && keepEvents == 0 && keepBytes == 0) {
      throw new IllegalArgumentException("a rule that keeps everything");
    }
  }

  /// Whether the rule speaks of an event.
  boolean holdsFor(Event event) {
    return KindRange.anyContains(kinds, event.kind())
        && (authors.isEmpty() || authors.contains(event.author()));
  }

  /// Whether only the age counts, so that younger events need no look.
  boolean isByAgeAlone() {
    return keepEvents == 0 && keepBytes == 0;
  }

  /// The last second that is too old; −1 = none is.
  long tooOldSeconds(long nowSeconds) {
    return keepDays == 0 ? -1 : nowSeconds - DAY_SECONDS * keepDays;
  }
}
