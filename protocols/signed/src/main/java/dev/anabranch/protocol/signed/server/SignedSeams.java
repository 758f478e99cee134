package dev.anabranch.protocol.signed.server;

import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Where time, chance and computing come from; safe to use from many threads.
///
/// @param clock the server's time
/// @param nanos a monotonic clock, in nanoseconds
/// @param random unguessable: makes challenges and session ids
/// @param signatures threads that check and make signatures
public record SignedSeams(
    InstantSource clock, LongSupplier nanos, RandomGenerator random, Executor signatures) {

  public SignedSeams {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(nanos, "nanos");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(signatures, "signatures");
  }
}
