package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.text.Parsed;
import java.util.Optional;

/// Events that are taken from somebody whose quota is used up, for they make room: short deletions
/// and requests to vanish that name little. What they name without there being anything of it
/// leaves a trace in the log that counts for nobody, so it must not be much at a time.
public final class RoomMakers {

  /// The most bytes of such an event, with all that it names: some fifty others.
  private static final int BYTES_MAX = 4 * 1024;

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
        .filter(event -> makesRoom(event, proof))
        .isPresent();
  }

  /// Whether an event is one of them.
  ///
  /// @param json as it came
  static boolean makesRoom(Event event, Bytes json) {
    return json.size() <= BYTES_MAX && AuthorQuotas.makesRoom(event);
  }

  private static Optional<Event> parsed(Bytes proof) {
    return Event.parse(proof.toArray(), EventLimits.NONE) instanceof Parsed.Value<Event>(Event it)
        ? Optional.of(it)
        : Optional.empty();
  }
}
