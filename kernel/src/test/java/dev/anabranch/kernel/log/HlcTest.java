package dev.anabranch.kernel.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HlcTest {

  @Test
  void aStampHoldsItsMilliseconds() {
    assertThat(Hlc.millis(Hlc.ofMillis(1_700_000_000_000L))).isEqualTo(1_700_000_000_000L);
  }

  @Test
  void theNextStampIsGreaterAndNotBehindTheClock() {
    long last = Hlc.ofMillis(1000);
    assertThat(Hlc.next(last, 1000)).isEqualTo(last + 1);
    assertThat(Hlc.next(last, 500)).isEqualTo(last + 1);
    assertThat(Hlc.next(last, 1001)).isEqualTo(Hlc.ofMillis(1001));
    assertThat(Hlc.next(0, 0)).isEqualTo(1);
  }

  @Test
  void aCounterThatOverflowsRunsIntoTheNextMillisecond() {
    assertThat(Hlc.millis(Hlc.next(Hlc.ofMillis(1000) + 0xFFFF, 1000))).isEqualTo(1001);
  }

  @Test
  void aClaimIsHeldToSoFarAhead() {
    assertThat(Hlc.clamp(Hlc.ofMillis(5000), 1000, 100)).isEqualTo(Hlc.ofMillis(1100));
    assertThat(Hlc.clamp(Hlc.ofMillis(1050), 1000, 100)).isEqualTo(Hlc.ofMillis(1050));
    assertThat(Hlc.clamp(Long.MAX_VALUE, 1000, 100)).isEqualTo(Hlc.ofMillis(1100));
  }
}
