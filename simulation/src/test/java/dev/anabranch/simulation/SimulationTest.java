package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Whatever goes wrong, the laws hold.
///
/// `-Dsimulation.seeds=N` and `-Dsimulation.first=S` choose other seeds.
final class SimulationTest {

  private static final long SEEDS = Long.getLong("simulation.seeds", 2_000);
  private static final long FIRST = Long.getLong("simulation.first", 1);

  @Test
  void everySeedKeepsEveryLawThoughEverythingGoesWrong() {
    Simulations all =
        Simulations.run(
            FIRST,
            SEEDS,
            result -> {
              if (!result.isSound()) {
                System.err.println(result.report());
              }
            });
    assertThat(all.failures()).extracting(SimulationResult::seed).isEmpty();
    assertThat(all.happened())
        .containsKeys(
            "server crash",
            "torn write",
            "store lost",
            "store back",
            "connection cut",
            "client crash",
            "device crash",
            "device cut",
            "device disk failure",
            "device step kept",
            "device step lost",
            "request lost",
            "request twice",
            "call asked again",
            "old call asked again",
            "duplicate answered",
            "conflict",
            "refused forbidden",
            "refused batch_aborted",
            "refused superseded",
            "refused unavailable",
            "write turned away",
            "lane overflow",
            "slow follower",
            "outbox full",
            "presence refused",
            "device queue full",
            "floor raised",
            "snapshot",
            "refetch access_changed",
            "refetch cursor_behind_retention",
            "device write Applied",
            "device write Conflicted",
            "device write Refused");
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

  @Test
  void anotherSeedIsAnotherRun() {
    assertThat(Simulation.run(1).traceHash()).isNotEqualTo(Simulation.run(2).traceHash());
  }

  @Test
  void theReportSaysHowToRunItAgain() {
    SimulationResult result = Simulation.run(8, Saboteurs.KEYS_FORGOTTEN);
    assertThat(result.isSound()).isFalse();
    assertThat(result.report()).contains("--seed 8").contains(result.broken().getFirst());
  }
}
