package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.message.RelayMessage.Extent;
import org.jspecify.annotations.Nullable;

/// Hears what comes of a request; called on the line's loop, one call at a time.
///
/// A method may wait: then the line reads no more, and the relay has to wait as well.
public interface RequestListener {

  /// An event that was asked for and is signed by its author.
  void event(VerifiedEvent event);

  /// What was stored has been told; what follows is new.
  ///
  /// @param extent whether that was all (NIP-67); null: the relay does not say
  default void endOfStored(@Nullable Extent extent) {}

  /// The relay refused or ended it; nothing more comes.
  ///
  /// @param reason begins with a prefix when the relay gave one
  default void closed(String reason) {}

  /// The line is lost; nothing more comes.
  default void lost(LinkFailure failure) {}
}
