package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.text.Parsed;
import java.util.Optional;

/// Events that are taken from somebody whose quota is used up, for they make room: short deletions
/// and requests to vanish.
public final class RoomMakers {

  private final RecentEvents recent;

  /// Those of a relay.
  ///
  /// @param recent spares parsing
  public RoomMakers(RecentEvents recent) {
    this.recent = recent;
  }

  /// Whether a write is one of them.
  public boolean has(Write write) {
    Bytes proof = write.proof();
    if (proof == null || !write.entity().model().equals(NostrChanges.EVENT)) {
      return false;
    }
    return Optional.ofNullable(recent.find(write.key().text()))
        .or(() -> parsed(proof))
        .filter(AuthorQuotas::makesRoom)
        .isPresent();
  }

  private static Optional<Event> parsed(Bytes proof) {
    return Event.parse(proof.toArray(), EventLimits.NONE) instanceof Parsed.Value<Event>(Event it)
        ? Optional.of(it)
        : Optional.empty();
  }
}
