package dev.anabranch.kernel.log;

import java.util.Objects;

/// What a change's writer had done and seen: enough to order any two changes of a scope causally.
///
/// m₁ happened before m₂ ⇔ seq(m₁) ≤ base(m₂), or same device and n₁ < n₂ (checked by simulation;
/// seed 003's vector clock is a view computed from this).
///
/// @param device the writing device, or the one assigned to a writer without devices
/// @param n the device's own count of its writes in the scope: 1, 2, 3…
/// @param base the highest seq that the writer had seen contiguously; 0 = nothing
public record Cause(DeviceId device, long n, long base) {

  public Cause {
    Objects.requireNonNull(device, "device");
    if (n < 1 || base < 0) {
      throw new IllegalArgumentException("n " + n + ", base " + base);
    }
  }

  /// Whether a change at `seq` with `earlier` as its cause was known to the writer of this one.
  public boolean covers(long seq, Cause earlier) {
    return seq <= base || (!device.isAssigned() && device.equals(earlier.device) && earlier.n < n);
  }
}
