package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Every way of breaking the kernel is noticed within a bounded number of seeds: the test of the
/// simulation.
final class TeethTest {

  private static final long SEEDS_MAX = 60;

  @Test
  void noticesIdsThatAreTakenBeforeTheCommit() {
    assertThat(firstBroken(Saboteurs.IDS_BEFORE_COMMIT)).matches("(?s)(K1|K5).*");
  }

  @Test
  void noticesAHoleBetweenStoredAndLive() {
    assertThat(firstBroken(Saboteurs.HOLE_BEFORE_LIVE)).matches("(?s)(K5|liveness).*");
  }

  @Test
  void noticesAnAcknowledgementBeforeTheSync() {
    assertThat(firstBroken(Saboteurs.ACK_BEFORE_SYNC)).startsWith("K6");
  }

  @Test
  void noticesAKeyThatIsAppliedTwice() {
    assertThat(firstBroken(Saboteurs.KEYS_FORGOTTEN)).startsWith("K");
  }

  @Test
  void noticesThatARevocationIsIgnored() {
    assertThat(firstBroken(Saboteurs.REVOCATION_IGNORED)).startsWith("K8");
  }

  @Test
  void noticesThatStaleWritesOverwrite() {
    assertThat(firstBroken(Saboteurs.STALE_WRITES_WIN)).startsWith("K9");
  }

  @Test
  void noticesThatRightsAreNotChecked() {
    assertThat(firstBroken(Saboteurs.RIGHTS_UNCHECKED)).startsWith("K8");
  }

  @Test
  void noticesAnEntityThatWasNotWrittenWithItsChange() {
    assertThat(firstBroken(Saboteurs.ENTITIES_LEFT_BEHIND)).startsWith("K4");
  }

  @Test
  void noticesAnAtomicCallThatIsHalfDone() {
    assertThat(firstBroken(Saboteurs.ATOMIC_CALLS_TORN)).startsWith("K3");
  }

  @Test
  void noticesThatASlowFollowerLosesChanges() {
    assertThat(firstBroken(Saboteurs.SLOW_FOLLOWERS_LOSE)).matches("(?s)(K5|liveness).*");
  }

  @Test
  void noticesThatAnUpdateOfADocumentIsCutOnItsWay() {
    assertThat(firstBroken(Saboteurs.UPDATES_CUT)).startsWith("K10");
  }

  @Test
  void noticesThatTheEngineHoldsMoreThanItSays() {
    assertThat(firstBroken(Saboteurs.NO_BOUNDS)).startsWith("K11");
  }

  @Test
  void noticesThatAFollowerIsToldThoughItIsNotReady() {
    assertThat(firstBroken(Saboteurs.READINESS_IGNORED)).startsWith("K11");
  }

  /// The first law that the first failing seed found broken.
  private static String firstBroken(Sabotage sabotage) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      SimulationResult result = Simulation.run(seed, sabotage);
      if (!result.isSound()) {
        return result.broken().getFirst();
      }
    }
    return "nothing in " + SEEDS_MAX + " seeds";
  }
}
