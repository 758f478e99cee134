package dev.anabranch.protocol.nostr.server;

import java.util.Objects;

/// A fault and what was wrong.
///
/// @param fault which
/// @param detail a sentence for people
record Refusal(NostrFault fault, String detail) {

  Refusal {
    Objects.requireNonNull(fault, "fault");
    Objects.requireNonNull(detail, "detail");
  }

  /// What stands on the wire.
  String reason() {
    return fault.reason(detail);
  }
}
