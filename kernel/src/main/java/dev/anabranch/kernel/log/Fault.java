package dev.anabranch.kernel.log;

import java.util.Objects;

/// Why the answer is no: a code that programs act on and a sentence for people.
///
/// A fault is a value, answered on the wire; it is never thrown.
///
/// @param code what went wrong
/// @param detail what, where and what to do, with the values; never a secret
public record Fault(FaultCode code, String detail) {

  public Fault {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(detail, "detail");
  }
}
