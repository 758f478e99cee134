package dev.anabranch.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PeerComparisonTest {
  private static RowResult row(String name, Better better, double own, double other) {
    List<Figure> figures =
        List.of(new Figure("Anabranch", own, "x", ""), new Figure("TinyBase", other, "x", ""));
    return new RowResult(name, name, better, figures, List.of(), List.of(), 1);
  }

  private static List<Check> checks(RowResult... rows) {
    return PeerComparison.of(List.of(rows)).orElseThrow().checks();
  }

  @Test
  void callsAHigherRateFaster() {
    assertThat(checks(row("writes", Better.MORE, 20, 10)))
        .containsExactly(
            new Check("writes: 2.00 × as fast as TinyBase", "faster than TinyBase", true));
  }

  @Test
  void callsALongerDelaySlower() {
    assertThat(checks(row("latency", Better.LESS, 2, 1)))
        .containsExactly(
            new Check("latency: 0.500 × as fast as TinyBase", "faster than TinyBase", false));
  }

  @Test
  void leavesOutRowsThatAreNoSpeeds() {
    assertThat(PeerComparison.of(List.of(row("idle", Better.LESS, 1, 2)))).isEmpty();
  }
}
