package dev.anabranch.protocol.document.server;

import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Where time and chance come from; safe to use from many threads.
///
/// @param clock the server's time
/// @param nanos a monotonic clock, in nanoseconds
/// @param random makes write keys and the client ids of throw-away copies
public record DocumentSeams(InstantSource clock, LongSupplier nanos, RandomGenerator random) {

  public DocumentSeams {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(nanos, "nanos");
    Objects.requireNonNull(random, "random");
  }
}
