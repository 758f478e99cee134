package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.text.Parsed;
import java.util.Optional;

/// An event and the JSON it came in.
///
/// @param id of the change it is; 0 = it is not kept
/// @param event what it says
/// @param json as it came (K7)
record Sight(long id, Event event, Bytes json) {

  /// A stored event.
  static Optional<Sight> of(Found found) {
    return Event.parse(found.proof().toArray(), EventLimits.NONE)
            instanceof Parsed.Value<Event>(Event event)
        ? Optional.of(new Sight(found.id(), event, found.proof()))
        : Optional.empty();
  }
}
