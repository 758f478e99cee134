package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.relay.RelayUrl;
import java.util.Objects;

/// How a client stands with one relay.
///
/// @param detail what was last said or went wrong, for people; may be empty
/// @param queued events that the relay has not answered
/// @param dropped messages and events that were not what they claimed or not asked for, since the
///   client was opened
public record RelayStatus(RelayUrl relay, State state, String detail, int queued, long dropped) {

  public RelayStatus {
    Objects.requireNonNull(relay, "relay");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(detail, "detail");
  }

  /// What a line is doing.
  public enum State {
    /// Being dialled.
    CONNECTING,
    /// Open, and its keys are authenticated where the relay asked.
    OPEN,
    /// Lost; dialled again after a while.
    WAITING,
    /// The client is closed.
    CLOSED
  }
}
