package dev.anabranch.crdt;

/// What an applied update still waits for.
///
/// @param missing per client the first unit that is known to be missing; empty if no block waits
/// @param deletesWait whether something is to be deleted that has not come yet
public record ApplyResult(StateVector missing, boolean deletesWait) {
  static final ApplyResult COMPLETE = new ApplyResult(StateVector.EMPTY, false);

  public boolean isComplete() {
    return missing.clocks().isEmpty() && !deletesWait;
  }
}
