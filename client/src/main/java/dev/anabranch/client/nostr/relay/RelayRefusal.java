package dev.anabranch.client.nostr.relay;

import dev.anabranch.nostr.message.Prefix;
import java.util.Optional;

/// A relay would not answer a request; its reason is the message.
public final class RelayRefusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// @param reason as the relay gave it
  public RelayRefusal(String reason) {
    super(reason);
  }

  /// The first word of the reason, if programs know it.
  public Optional<Prefix> prefix() {
    return Prefix.of(String.valueOf(getMessage()));
  }

  /// Whether the relay does not know what was asked of it, or does not answer.
  public boolean isUnsupported() {
    return prefix()
        .filter(prefix -> prefix == Prefix.UNSUPPORTED || prefix == Prefix.ERROR)
        .isPresent();
  }
}
