package dev.anabranch.client.session;

import java.util.random.RandomGenerator;

/// How long to wait before trying again: doubling, capped, and spread by chance so that a thousand
/// devices do not come back in the same moment.
public final class Backoff {

  private static final int DOUBLINGS_MAX = 30;

  private final long firstMillis;
  private final long maxMillis;
  private final RandomGenerator random;
  private int failures;

  /// @param random spreads the waits
  public Backoff(long firstMillis, long maxMillis, RandomGenerator random) {
    this.firstMillis = firstMillis;
    this.maxMillis = maxMillis;
    this.random = random;
  }

  /// The wait after one more failure: between half of the doubled wait and all of it.
  public long failed() {
    long doubled = firstMillis << Math.min(failures, DOUBLINGS_MAX);
    long whole = Math.min(maxMillis, doubled);
    failures++;
    return whole - random.nextLong(whole / 2 + 1);
  }

  /// The wait after a failure that is no worse than the last one: as long as that.
  public long again() {
    failures = Math.max(0, failures - 1);
    return failed();
  }

  /// It works again: the next wait is short.
  public void succeeded() {
    failures = 0;
  }

  /// How often it failed in a row.
  int failures() {
    return failures;
  }
}
