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

  /// Whether an event shows a protected one again, whole.
  public static boolean repostsProtected(Event event) {
    boolean isRepost = event.kind() == Kinds.REPOST || event.kind() == Kinds.GENERIC_REPOST;
    return isRepost
        && Event.parse(event.content().getBytes(StandardCharsets.UTF_8), EventLimits.USUAL)
            instanceof Parsed.Value<Event>(Event shown)
        && isProtected(shown);
  }
}
