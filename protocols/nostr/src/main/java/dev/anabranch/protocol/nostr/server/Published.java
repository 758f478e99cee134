package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.nostr.message.RelayMessage;
import org.jspecify.annotations.Nullable;

/// What became of an event.
///
/// @param id the event's
/// @param refusal why it was not taken; null = it was, or was here before
/// @param note what is worth saying of an accepted one; may be empty
record Published(EventId id, @Nullable Refusal refusal, String note) {

  static Published accepted(EventId id) {
    return new Published(id, null, "");
  }

  static Published known(EventId id) {
    return new Published(id, null, Prefix.DUPLICATE.reason("this event is here already"));
  }

  static Published refused(EventId id, Refusal refusal) {
    return new Published(id, refusal, "");
  }

  /// Whether it was taken, and was not here before.
  boolean isNew() {
    return refusal == null && note.isEmpty();
  }

  RelayMessage.Ok ok() {
    return new RelayMessage.Ok(id, refusal == null, refusal == null ? note : refusal.reason());
  }
}
