package dev.anabranch.protocol.signed.server;

import dev.anabranch.nostr.text.Hex;
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

  private static final int NONCE_BYTES = 32;

  public SignedSeams {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(nanos, "nanos");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(signatures, "signatures");
  }

  /// The server's time, in milliseconds since 1970.
  long millis() {
    return clock.millis();
  }

  /// 64 hexadecimal digits that nobody can guess.
  String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return Hex.of(bytes);
  }
}
