package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import java.util.List;

/// What could not be brought to its end; whoever asked for it is told to ask again.
final class BrokenOff extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  BrokenOff(Fault fault) {
    super(fault.code() + ": " + fault.detail());
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }

  /// What was answered to a write in the first place.
  static Outcome first(Outcome outcome) {
    return outcome instanceof Outcome.Duplicate(Outcome earlier) ? first(earlier) : outcome;
  }

  /// Whether all of what was to go is gone.
  ///
  /// @throws BrokenOff when something was refused that is still there
  static boolean unlessDone(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (first(outcome) instanceof Outcome.Refused(Fault fault) && !isGone(fault)) {
        throw new BrokenOff(fault);
      }
    }
    return true;
  }

  /// What a missing right or a bar says is final; what the store or a bug says is not.
  ///
  /// @throws BrokenOff when something was refused that another time may not be
  static void ifAway(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (first(outcome) instanceof Outcome.Refused(Fault fault)
          && (fault.code() == FaultCode.UNAVAILABLE || fault.code() == FaultCode.RULE_FAILED)) {
        throw new BrokenOff(fault);
      }
    }
  }

  /// Whether a refusal says that there is nothing to delete.
  static boolean isGone(Fault fault) {
    return fault.code() == FaultCode.ABSENT || fault.code() == FaultCode.SUPERSEDED;
  }
}
