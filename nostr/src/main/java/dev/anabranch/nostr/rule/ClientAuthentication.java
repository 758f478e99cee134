package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.key.PublicKey;
import java.util.List;
import java.util.Optional;

/// Who a client says it is, over a challenge (NIP-42).
public final class ClientAuthentication {

  /// How far a client's clock may be off.
  public static final long SKEW_SECONDS_MAX = 600;

  private ClientAuthentication() {}

  /// Why an event is no proof; nothing when it is one, of its author.
  ///
  /// @param challenge that the relay sent on this connection
  public static Optional<String> fault(
      VerifiedEvent proof, String challenge, RelayAddress relay, long nowSeconds) {
    Event event = proof.event();
    if (event.kind() != Kinds.CLIENT_AUTHENTICATION) {
      return Optional.of("the event is of kind " + event.kind() + ", not 22242");
    }
    if (Math.abs(event.createdAtSeconds() - nowSeconds) > SKEW_SECONDS_MAX) {
      return Optional.of("created_at is more than ten minutes from the relay's time");
    }
    if (!event.hasTag("challenge", challenge)) {
      return Optional.of("the challenge is not the one that was sent");
    }
    return event.tagValues("relay").stream().anyMatch(relay::isNamedBy)
        ? Optional.empty()
        : Optional.of("the relay tag names another relay");
  }

  /// What a client signs.
  public static UnsignedEvent answer(
      PublicKey client, String challenge, String relayUrl, long nowSeconds) {
    return new UnsignedEvent(
        client,
        nowSeconds,
        Kinds.CLIENT_AUTHENTICATION,
        List.of(Tag.of("relay", relayUrl), Tag.of("challenge", challenge)),
        "");
  }
}
