package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.event.Event;

/// Hears the events of a subscription, each once, on the client's own thread. A listener that is
/// slow makes the relays wait.
@FunctionalInterface
public interface NostrListener {

  /// An event, verified: one of the local copy first, then what relays have and what is new, in the
  /// order it comes.
  void event(Event event);

  /// What a relay had stored has been told; from here on its events are new.
  default void caughtUp(RelayUrl relay) {}

  /// A relay does not answer this subscription; it is asked again when its line is lost and back.
  /// When it answered but refuses what lies further back, what is new goes on coming.
  ///
  /// @param reason begins with a prefix when the relay gave one
  default void refused(RelayUrl relay, String reason) {}

  /// A relay does not answer this subscription, or its older events, for now (`rate-limited:`,
  /// `error:`, or no reason that programs know); it is asked again after a pause.
  ///
  /// @param reason begins with a prefix when the relay gave one
  default void postponed(RelayUrl relay, String reason) {}
}
