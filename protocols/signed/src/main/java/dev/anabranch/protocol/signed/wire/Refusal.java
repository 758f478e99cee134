package dev.anabranch.protocol.signed.wire;

import java.util.Objects;

/// A fault and what it says here and now.
///
/// @param fault what went wrong
/// @param detail what, where and what to do, with the values; never a secret
public record Refusal(SignedFault fault, String detail) {
  public Refusal {
    Objects.requireNonNull(fault, "fault");
    Objects.requireNonNull(detail, "detail");
  }
}
