package dev.anabranch.client;

import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.Dialer;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// The edges of a client: its threads, its clocks and its chance.
///
/// @param clock milliseconds since 1970, as people set it: for what is written down, never for a
///   wait
/// @param nanos a clock that only goes forward, in nanoseconds from anywhere: for every wait
/// @param random keys of writes, the device's name, jitter
public record ClientThreads(InstantSource clock, LongSupplier nanos, RandomGenerator random) {

  private static final int DEVICE_BYTES = 12;

  public ClientThreads {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(nanos, "nanos");
    Objects.requireNonNull(random, "random");
  }

  /// The system's clocks, and chance that nobody can guess.
  public static ClientThreads ofTheSystem() {
    return new ClientThreads(Clock.systemUTC(), System::nanoTime, new SecureRandom());
  }

  /// Counts milliseconds from now on, for waits: people may set the clock, and a wait is then as
  /// long as before.
  public LongSupplier stopwatchMillis() {
    long startNanos = nanos.getAsLong();
    return () -> TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - startNanos);
  }

  /// A name for a device that has none yet.
  public DeviceId freshDevice() {
    byte[] bytes = new byte[DEVICE_BYTES];
    random.nextBytes(bytes);
    return new DeviceId("device-" + HexFormat.of().formatHex(bytes));
  }

  Thread device(Runnable work) {
    return Thread.ofPlatform().daemon().name("anabranch-device").unstarted(work);
  }

  ExecutorService listeners() {
    return Executors.newSingleThreadExecutor(
        Thread.ofPlatform().daemon().name("anabranch-listeners").factory());
  }

  /// One thread that also does things later.
  public ScheduledExecutorService timer(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name(name).factory());
  }

  /// A thread that has not started.
  public Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).unstarted(work);
  }

  /// Some threads that may wait.
  public ExecutorService pool(String name, int threads) {
    return Executors.newFixedThreadPool(
        threads, Thread.ofPlatform().daemon().name(name + "-", 0).factory());
  }

  /// Ends a dialer that has an end.
  public void close(Dialer dialer) {
    if (dialer instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception failure) {
        throw new IllegalStateException("the dialer cannot be closed", failure);
      }
    }
  }
}
