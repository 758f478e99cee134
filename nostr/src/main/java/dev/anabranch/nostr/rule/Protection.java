package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;

/// Events that only their author may bring to a relay (NIP-70).
public final class Protection {

  private Protection() {}

  /// Whether an event is one.
  public static boolean isProtected(Event event) {
    return event.tags().stream().anyMatch(tag -> tag.is("-"));
  }

  /// Whether an event shows a protected one again, whole, or may do so: its content is neither
  /// empty nor an event that we can read, and others may read it.
  public static boolean repostsProtected(Event event) {
    boolean isRepost = event.kind() == Kinds.REPOST || event.kind() == Kinds.GENERIC_REPOST;
    return isRepost && !event.content().isBlank() && !showsOpen(event.content());
  }

  private static boolean showsOpen(String content) {
    return Event.parse(content.getBytes(StandardCharsets.UTF_8), EventLimits.NONE)
            instanceof Parsed.Value<Event>(Event shown)
        && !isProtected(shown);
  }
}
