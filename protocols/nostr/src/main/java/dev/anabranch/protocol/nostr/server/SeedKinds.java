package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.seed.SeedEntity;
import dev.anabranch.nostr.seed.SeedEvents;
import dev.anabranch.nostr.seed.SeedReading;
import java.util.Optional;

/// Which events are taken as the seeds mean them. NIP-51 gives 10001 and 30001 other meanings, so
/// that an operator may want the mark.
public enum SeedKinds {
  /// None: they are events and nothing else.
  OFF,
  /// Those that say so: `["client","anabranch"]`.
  MARKED,
  /// Those that have the seeds' shape.
  SHAPE;

  /// What an event says of an entity, and whether it does so in a shape that can be read.
  SeedReading read(Event event) {
    return switch (this) {
      case OFF -> SeedReading.ORDINARY;
      case MARKED -> SeedEvents.isMarked(event) ? SeedEvents.read(event) : SeedReading.ORDINARY;
      case SHAPE -> SeedEvents.read(event);
    };
  }

  /// What an event says of an entity, if it does.
  Optional<SeedEntity> entity(Event event) {
    return read(event).entity();
  }
}
