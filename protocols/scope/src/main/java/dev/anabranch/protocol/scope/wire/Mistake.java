package dev.anabranch.protocol.scope.wire;

import java.util.Objects;

/// Leaves a decoder with what is wrong; never seen outside the codec.
final class Mistake extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  private Mistake(Refusal refusal) {
    super(refusal.detail(), null, false, false);
    this.refusal = Objects.requireNonNull(refusal);
  }

  static Mistake of(ScopeFault fault, String detail) {
    return new Mistake(new Refusal(fault, detail));
  }

  static Mistake invalid(String detail) {
    return of(ScopeFault.INVALID, detail);
  }

  Refusal refusal() {
    return refusal;
  }
}
