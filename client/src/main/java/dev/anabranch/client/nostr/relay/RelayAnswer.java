package dev.anabranch.client.nostr.relay;

import dev.anabranch.nostr.message.Prefix;
import java.util.Objects;

/// What a relay answered to an event (NIP-01, `OK`).
///
/// @param isAccepted whether the relay has it, now or since before
/// @param reason begins with a [Prefix] when it was not accepted; may be empty otherwise
public record RelayAnswer(boolean isAccepted, String reason) {

  public RelayAnswer {
    Objects.requireNonNull(reason, "reason");
  }

  /// Whether the same event may be accepted later: too much at once, or the relay could not.
  public boolean isTransient() {
    return !isAccepted
        && Prefix.of(reason)
            .filter(prefix -> prefix == Prefix.RATE_LIMITED || prefix == Prefix.ERROR)
            .isPresent();
  }

  /// Whether it was only too much at once.
  public boolean isOverRate() {
    return !isAccepted && Prefix.of(reason).filter(Prefix.RATE_LIMITED::equals).isPresent();
  }

  /// Whether it asks for an authentication.
  public boolean wantsAuthentication() {
    return !isAccepted && wantsAuthentication(reason);
  }

  static boolean wantsAuthentication(String reason) {
    return Prefix.of(reason).filter(Prefix.AUTH_REQUIRED::equals).isPresent();
  }
}
