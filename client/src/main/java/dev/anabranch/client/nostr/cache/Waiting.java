package dev.anabranch.client.nostr.cache;

import dev.anabranch.nostr.event.Event;
import java.util.Objects;

/// An event that a relay has not answered yet.
///
/// @param number its place in the queue; events go out in this order
public record Waiting(long number, Event event) {

  public Waiting {
    Objects.requireNonNull(event, "event");
  }
}
