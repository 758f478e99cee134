package dev.anabranch.house;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Random;
import java.util.random.RandomGenerator;

/// Keeps every seam: all that is real comes from outside.
final class SeamKeeper {
  Instant time(InstantSource clock) {
    return clock.instant();
  }

  LocalDate day(Clock clock) {
    return LocalDate.now(clock);
  }

  RandomGenerator chance(long seed) {
    return new Random(seed);
  }
}
