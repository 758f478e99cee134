package dev.anabranch.house;

import java.net.Socket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// Breaks every seam once; never run, only read by the test of the test.
final class SeamBreaker {
  private final Object monitor = new Object();

  List<Callable<?>> callsAndReferences() {
    return List.of(
        System::currentTimeMillis,
        System::nanoTime,
        Instant::now,
        () -> LocalDate.now(),
        Clock::systemUTC,
        InstantSource::system,
        Random::new,
        () -> new SecureRandom(),
        Math::random,
        ThreadLocalRandom::current,
        RandomGenerator::getDefault,
        UUID::randomUUID,
        () -> new Socket());
  }

  void sleeps() throws InterruptedException {
    Thread.sleep(1);
    TimeUnit.SECONDS.sleep(1);
  }

  synchronized int holdsItself() {
    return 1;
  }

  int holdsAnother() {
    synchronized (monitor) {
      return 1;
    }
  }
}
