package dev.anabranch.engine;

import java.util.concurrent.TimeUnit;

/// The pause of a lane between two rounds of telling, in which changes come together: a thousand
/// sockets cost the same for one change as for ten (docs/decisions/0114).
///
/// Only a wide round is followed by a rest, and what comes after it is told at once. Written on the
/// lane's thread, read on any.
final class Rest {

  /// How many times as long as the round was.
  private static final int ROUNDS = 2;

  private final int followersMin;
  private final long mostNanos;
  private volatile long endNanos;

  Rest(EngineLimits limits, long nowNanos) {
    this.followersMin = limits.restFollowersMin();
    this.mostNanos = TimeUnit.MILLISECONDS.toNanos(limits.restMillisMax());
    this.endNanos = nowNanos;
  }

  /// A round is over.
  ///
  /// @param told how many followers it told
  void after(int told, long beganNanos, long nowNanos) {
    long rest = told < followersMin ? 0 : Math.min(ROUNDS * (nowNanos - beganNanos), mostNanos);
    endNanos = nowNanos + rest;
  }

  /// How long the rest goes on, in whole milliseconds.
  long leftMillis(long nowNanos) {
    return TimeUnit.NANOSECONDS.toMillis(Math.max(0, endNanos - nowNanos));
  }
}
