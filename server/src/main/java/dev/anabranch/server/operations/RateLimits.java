package dev.anabranch.server.operations;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// How fast somebody may ask: the generic cell rate algorithm, one `long` for each who asks.
///
/// The `long` is the time at which a bucket would be full again. A request moves it on by its cost;
/// when it would stand further in the future than the burst allows, the answer is when to come
/// back.
public final class RateLimits {

  private final Cache<String, AtomicLong> fullAt;
  private final LongSupplier nanos;
  private final long costNanos;
  private final long burstNanos;

  /// Limits of one rate.
  ///
  /// @param perSecond requests sustained; 0 = unlimited
  /// @param burst how many may come at once
  /// @param trackedMax how many are remembered; the least recent are forgotten, with a full bucket
  /// @param nanos a monotonic clock
  public RateLimits(int perSecond, int burst, int trackedMax, LongSupplier nanos) {
    this.nanos = nanos;
    this.costNanos = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.burstNanos = costNanos * burst;
    this.fullAt = Caffeine.newBuilder().maximumSize(trackedMax).executor(Runnable::run).build();
  }

  /// Takes from somebody's bucket.
  ///
  /// @param who an address or a principal
  /// @param cost how many requests it counts for; at most a whole burst is asked for
  /// @return 0, or in how many milliseconds it would be taken
  public long take(String who, int cost) {
    if (costNanos == 0) {
      return 0;
    }
    long now = nanos.getAsLong();
    long price = Math.min(costNanos * cost, burstNanos);
    AtomicLong full = fullAt.get(who, ignored -> new AtomicLong(now));
    while (true) {
      long before = full.get();
      long after = Math.max(before, now) + price;
      if (after - now > burstNanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(after - now - burstNanos));
      }
      if (full.compareAndSet(before, after)) {
        return 0;
      }
    }
  }
}
