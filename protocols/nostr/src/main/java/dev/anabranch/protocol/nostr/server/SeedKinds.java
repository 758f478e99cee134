package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.seed.BridgeEvents;
import dev.anabranch.nostr.seed.SeedEntity;
import dev.anabranch.nostr.seed.SeedEvents;
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

  /// What an event says of an entity.
  Optional<SeedEntity> read(Event event) {
    return switch (this) {
      case OFF -> Optional.empty();
      case MARKED -> SeedEvents.isMarked(event) ? SeedEvents.read(event) : Optional.empty();
      case SHAPE -> SeedEvents.read(event);
    };
  }

  /// The scope whose readers may see an event; nothing when everybody may.
  Optional<String> scope(Event event) {
    return BridgeEvents.scope(event)
        .or(() -> read(event).map(entity -> entity.scope(event.author())));
  }
}
