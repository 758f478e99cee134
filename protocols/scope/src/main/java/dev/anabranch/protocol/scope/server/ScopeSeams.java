package dev.anabranch.protocol.scope.server;

import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Where time and chance come from; safe to use from many threads.
///
/// @param clock the server's time
/// @param nanos a monotonic clock, in nanoseconds
/// @param random makes keys and ids that a client left to the server
public record ScopeSeams(InstantSource clock, LongSupplier nanos, RandomGenerator random) {

  public ScopeSeams {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(nanos, "nanos");
    Objects.requireNonNull(random, "random");
  }
}
