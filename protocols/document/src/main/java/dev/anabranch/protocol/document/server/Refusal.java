package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.encoding.MalformedUpdate;
import dev.anabranch.protocol.document.wire.DocumentFault;
import java.util.Objects;

/// A fault and what exactly is wrong.
///
/// @param detail a sentence that names the value
record Refusal(DocumentFault fault, String detail) {
  Refusal {
    Objects.requireNonNull(fault, "fault");
    Objects.requireNonNull(detail, "detail");
  }

  /// The bytes are not what they claim to be.
  static Refusal of(MalformedUpdate malformed) {
    return new Refusal(DocumentFault.MALFORMED, String.valueOf(malformed.getMessage()));
  }

  /// As it stands on the wire.
  String text() {
    return fault.code() + ": " + detail;
  }
}
