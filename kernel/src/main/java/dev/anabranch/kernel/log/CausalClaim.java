package dev.anabranch.kernel.log;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a writer says of its own counting; the sequencer turns it into a [Cause].
///
/// @param device the writing device
/// @param n its count of writes in the scope, which must be the next one; null = let the server
///   count
/// @param base the highest seq it had seen contiguously; null = unknown
public record CausalClaim(DeviceId device, @Nullable Long n, @Nullable Long base) {

  public CausalClaim {
    Objects.requireNonNull(device, "device");
    if (device.isAssigned()) {
      throw new IllegalArgumentException("a device name may not begin with ~: " + device);
    }
    if ((n != null && n < 1) || (base != null && base < 0)) {
      throw new IllegalArgumentException("n " + n + ", base " + base);
    }
  }

  /// A device that lets the server count.
  public static CausalClaim of(DeviceId device) {
    return new CausalClaim(device, null, null);
  }
}
