package dev.anabranch.engine;

import java.util.concurrent.TimeUnit;

/// The pause of a lane between two rounds of telling, in which changes come together: a thousand
/// sockets cost the same for one change as for ten (docs/decisions/0114).
///
/// Only a round that told many the same is followed by a rest, and what comes after the rest is
/// told at once. In whole milliseconds: a round of less than half a one is followed by none.
/// Written on the lane's thread, read on any.
final class Rest {

  private static final int TIMES_THE_ROUND = 2;

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
  /// @param told how many followers heard of the same changes
  void after(int told, long beganNanos, long nowNanos) {
    long tookNanos = nowNanos - beganNanos;
    endNanos =
        told < followersMin
            ? nowNanos
            : nowNanos + Math.min(TIMES_THE_ROUND * tookNanos, mostNanos);
  }

  /// How long the rest goes on.
  long leftMillis(long nowNanos) {
    return TimeUnit.NANOSECONDS.toMillis(Math.clamp(endNanos - nowNanos, 0, mostNanos));
  }
}
