package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Whatever goes wrong, the laws hold.
final class SimulationTest {

  private static final long SEEDS = Long.getLong("simulation.seeds", 2_000);

  @Test
  void everySeedKeepsEveryLaw() {
    Simulations all =
        Simulations.run(
            1,
            SEEDS,
            result -> {
              if (!result.isSound()) {
                System.err.println(result.report());
              }
            });
    System.out.println(all.happened() + ", " + all.events() + " events");
    assertThat(all.failures()).extracting(SimulationResult::seed).isEmpty();
  }

  @Test
  void theSameSeedIsTheSameRun() {
    for (long seed = 1; seed <= 20; seed++) {
      SimulationResult one = Simulation.run(seed);
      SimulationResult other = Simulation.run(seed);
      assertThat(other.traceHash()).isEqualTo(one.traceHash());
      assertThat(other.events()).isEqualTo(one.events());
      assertThat(other.happened()).isEqualTo(one.happened());
    }
  }
}
