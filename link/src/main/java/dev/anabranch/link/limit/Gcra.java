package dev.anabranch.link.limit;

import java.util.Objects;

/// The generic cell rate algorithm (ITU-T I.371): a token bucket that is one number.
///
/// That number is the moment at which the peer would be even again if it asked at exactly its
/// average; it may run ahead of the present by one burst. Confined to one thread, or to a lock.
public final class Gcra {
  private final Rate rate;
  private long evenAtNanos;

  /// A peer that has not asked for anything yet.
  ///
  /// @param nowNanos a monotonic clock, the same in all calls
  public Gcra(Rate rate, long nowNanos) {
    this.rate = Objects.requireNonNull(rate);
    this.evenAtNanos = nowNanos;
  }

  /// Asks for some cells; more than a burst counts as a burst, or it could never be had.
  ///
  /// @return 0 = they are granted; else in how many nanoseconds they would be, and nothing is taken
  public long ask(long cells, long nowNanos) {
    if (rate.isUnlimited()) {
      return 0;
    }
    long each = rate.nanosEach();
    long from = evenAtNanos - nowNanos > 0 ? evenAtNanos : nowNanos;
    long evenAt = from + each * Math.min(cells, rate.burst());
    long wait = evenAt - nowNanos - each * rate.burst();
    if (wait > 0) {
      return wait;
    }
    evenAtNanos = evenAt;
    return 0;
  }

  /// Takes back what was granted for nothing. It never makes more than a burst.
  ///
  /// @param cells as many as were asked for
  public void giveBack(long cells) {
    if (!rate.isUnlimited()) {
      evenAtNanos -= rate.nanosEach() * Math.min(cells, rate.burst());
    }
  }
}
