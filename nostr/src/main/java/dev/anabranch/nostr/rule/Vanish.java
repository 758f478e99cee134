package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import java.util.Objects;
import java.util.Optional;

/// An author's wish that everything goes (NIP-62); up to its time, and nothing of that comes back.
///
/// @param author whose events go, and whose gift wraps
/// @param createdAtSeconds the latest that goes
public record Vanish(PublicKey author, long createdAtSeconds) {

  /// The value of a `relay` tag that means every relay.
  private static final String EVERY_RELAY = "ALL_RELAYS";

  public Vanish {
    Objects.requireNonNull(author, "author");
  }

  /// The wish that an event is, if it is one that concerns a relay.
  public static Optional<Vanish> of(Event event, RelayAddress relay) {
    return event.kind() == Kinds.VANISH
            && event.tagValues("relay").stream()
                .anyMatch(value -> value.equals(EVERY_RELAY) || relay.isNamedBy(value))
        ? Optional.of(new Vanish(event.author(), event.createdAtSeconds()))
        : Optional.empty();
  }

  /// Whether an event is to go, or not to come; the wish itself stays, as proof.
  public boolean covers(Event event) {
    return event.kind() != Kinds.VANISH
        && event.createdAtSeconds() <= createdAtSeconds
        && (event.author().equals(author)
            || (event.kind() == Kinds.GIFT_WRAP && event.hasTag("p", author.hex())));
  }
}
