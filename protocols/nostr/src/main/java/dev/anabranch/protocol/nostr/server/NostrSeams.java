package dev.anabranch.protocol.nostr.server;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Time, randomness and threads; all of it is the caller's.
///
/// @param clock the server's time
/// @param nanos a monotonic clock
/// @param random unguessable
/// @param verifiers as many threads as there are cores: parsing and signatures
/// @param feed one thread: matches new events with subscriptions, in their order
/// @param timer for waits
public record NostrSeams(
    InstantSource clock,
    LongSupplier nanos,
    RandomGenerator random,
    Executor verifiers,
    Executor feed,
    Timer timer) {

  /// Runs something later.
  @FunctionalInterface
  public interface Timer {

    /// Runs a short task once, after a time; never before this call has returned.
    void after(long millis, Runnable task);
  }
}
