package dev.anabranch.client.nostr.relay;

import dev.anabranch.link.LinkFailure;
import dev.anabranch.nostr.event.EventId;
import java.util.List;

/// Hears what a reconciliation finds (NIP-77); called on the line's loop.
interface ReconcileListener {

  /// Some ids that only one side has.
  void found(List<EventId> have, List<EventId> need);

  /// All is known.
  void finished();

  /// It came to nothing.
  ///
  /// @param recordsMax how many records a filter may match; 0: the relay does not say
  void failed(String reason, long recordsMax);

  /// The line is lost.
  void lost(LinkFailure failure);
}
