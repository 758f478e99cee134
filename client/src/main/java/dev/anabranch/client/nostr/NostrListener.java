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
  /// What a relay only puts off (`rate-limited:`, `error:`) is asked again without a word.
  ///
  /// @param reason begins with a prefix when the relay gave one
  default void refused(RelayUrl relay, String reason) {}
}
