package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import java.util.OptionalLong;

/// The time from which on an event is no longer shown (NIP-40).
public final class Expiration {

  private Expiration() {}

  /// When, in seconds since 1970; nothing when the event lasts or its tag is no time.
  public static OptionalLong atSeconds(Event event) {
    return event
        .tag("expiration")
        .filter(tag -> tag.value().matches("[0-9]{1,18}"))
        .map(tag -> OptionalLong.of(Long.parseLong(tag.value())))
        .orElse(OptionalLong.empty());
  }

  /// Whether an event is over.
  public static boolean isPast(Event event, long nowSeconds) {
    OptionalLong at = atSeconds(event);
    return at.isPresent() && at.getAsLong() <= nowSeconds;
  }
}
