package dev.anabranch.protocol.scope.wire;

import java.util.Objects;

/// A fault with its sentence: what was wrong, where, with the values; never a secret.
///
/// @param fault what kind
/// @param detail for people
public record Refusal(ScopeFault fault, String detail) {

  public Refusal {
    Objects.requireNonNull(fault, "fault");
    Objects.requireNonNull(detail, "detail");
  }
}
