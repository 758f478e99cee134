package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Needs.DeviceName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a device's write is to its earlier ones in the scope (K9).
///
/// @param cause the settled cause
/// @param fault why the write's own claim cannot be true; null when it can
record DeviceCount(Cause cause, @Nullable Fault fault) {

  /// The count of a write, as its device comes to it.
  static DeviceCount of(Ledger ledger, Caller caller, Write write) {
    DeviceId device = deviceOf(caller, write);
    DeviceState state = ledger.device(new DeviceName(write.entity().scope(), device));
    long next = state == null ? 1 : state.n() + 1;
    Cause cause = new Cause(device, next, base(ledger, write, state));
    return new DeviceCount(cause, fault(caller, write.cause(), state, cause));
  }

  /// A device that counts has counted a write too that leaves no change: its answer is final, and
  /// the next count must not be a gap.
  static void countAnswered(Ledger ledger, Caller caller, Write write) {
    if (write.cause() == null || write.cause().n() == null) {
      return;
    }
    DeviceCount count = of(ledger, caller, write);
    if (count.fault() == null) {
      Cause cause = count.cause();
      ScopeName scope = write.entity().scope();
      DeviceState before = ledger.device(new DeviceName(scope, cause.device()));
      long base = before == null ? 0 : before.base();
      ledger.count(new DeviceState(scope, cause.device(), caller.principal(), cause.n(), base));
    }
  }

  static DeviceId deviceOf(Caller caller, Write write) {
    return write.cause() == null ? DeviceId.assignedTo(caller.principal()) : write.cause().device();
  }

  private static @Nullable Fault fault(
      Caller caller, @Nullable CausalClaim claim, @Nullable DeviceState state, Cause cause) {
    DeviceId device = cause.device();
    if (state != null && !state.principal().equals(caller.principal())) {
      return new Fault(
          FaultCode.DEVICE_TAKEN,
          "the device " + device + " belongs to another principal; choose another device id");
    }
    if (claim != null && claim.n() != null && claim.n() != cause.n()) {
      return new Fault(
          FaultCode.DEVICE_GAP,
          "the device " + device + " counts " + claim.n() + ", but " + cause.n() + " is next");
    }
    return null;
  }

  /// A claimed base is at most the head and never below the device's earlier one; without a claim
  /// it is the seq of the version that the writer named, or the head.
  private static long base(Ledger ledger, Write write, @Nullable DeviceState state) {
    long head = ledger.scope(write.entity().scope()).seq();
    Entity current = ledger.entity(write.entity());
    long earlier = state == null ? 0 : state.base();
    if (write.cause() != null && write.cause().base() != null) {
      return Math.max(earlier, Math.min(write.cause().base(), head));
    }
    boolean named =
        write.expectedVersion() != null
            && current != null
            && current.version() == write.expectedVersion();
    return Math.max(earlier, named ? Objects.requireNonNull(current).seq() : head);
  }
}
