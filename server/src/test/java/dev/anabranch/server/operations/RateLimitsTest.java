package dev.anabranch.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

  private final AtomicLong nanos = new AtomicLong(1);

  @Test
  void aBurstIsTakenAndTheNextIsToldWhenToComeBack() {
    RateLimits limits = limits(10, 3);
    assertThat(limits.take("a", 1)).isZero();
    assertThat(limits.take("a", 1)).isZero();
    assertThat(limits.take("a", 1)).isZero();
    assertThat(limits.take("a", 1)).isEqualTo(100);
  }

  @Test
  void whoWaitsAsLongAsToldIsTaken() {
    RateLimits limits = limits(10, 1);
    limits.take("a", 1);
    nanos.addAndGet(limits.take("a", 1) * 1_000_000);
    assertThat(limits.take("a", 1)).isZero();
  }

  @Test
  void aRefusalCostsNothing() {
    RateLimits limits = limits(10, 1);
    limits.take("a", 1);
    for (int index = 0; index < 100; index++) {
      limits.take("a", 1);
    }
    assertThat(limits.take("a", 1)).isEqualTo(100);
  }

  @Test
  void oneDoesNotPayForAnother() {
    RateLimits limits = limits(10, 1);
    limits.take("a", 1);
    assertThat(limits.take("b", 1)).isZero();
  }

  @Test
  void theSustainedRateIsTheConfiguredOne() {
    RateLimits limits = limits(10, 5);
    int taken = 0;
    for (int millis = 0; millis < 10_000; millis++) {
      taken += limits.take("a", 1) == 0 ? 1 : 0;
      nanos.addAndGet(1_000_000);
    }
    assertThat(taken).isBetween(103, 106);
  }

  @Test
  void aRequestDearerThanTheBurstIsTakenWhenTheBucketIsFull() {
    RateLimits limits = limits(10, 5);
    assertThat(limits.take("a", 1_000)).isZero();
    assertThat(limits.take("a", 1)).isPositive();
  }

  @Test
  void zeroIsUnlimited() {
    RateLimits limits = limits(0, 1);
    for (int index = 0; index < 10_000; index++) {
      assertThat(limits.take("a", 1)).isZero();
    }
  }

  private RateLimits limits(int perSecond, int burst) {
    return new RateLimits(perSecond, burst, 1_000, nanos::get);
  }
}
