package dev.anabranch.bench.load;

import java.nio.ByteBuffer;

/// What a run writes, one after another.
@FunctionalInterface
public interface Writes {
  /// The bytes of one write: a whole frame or request, the caller's to consume.
  ///
  /// @param number how many writes of the run went before it
  /// @param nanos the moment it is sent
  ByteBuffer write(long number, long nanos);
}
