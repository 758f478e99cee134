package dev.anabranch.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Every way of breaking the kernel is noticed within a bounded number of seeds: the test of the
/// simulation.
final class TeethTest {

  /// What is seen most seldom, a push that overtakes another one, one seed in eighty sees.
  private static final long SEEDS_MAX = 600;

  @Test
  void noticesIdsThatAreTakenBeforeTheCommit() {
    assertThat(firstBroken(Saboteurs.IDS_BEFORE_COMMIT))
        .matches("(?s)(K1|K5|bug: .*not consecutive).*");
  }

  @Test
  void noticesAHoleBetweenStoredAndLive() {
    assertThat(firstBroken(Saboteurs.HOLE_BEFORE_LIVE)).matches("(?s)(K5|liveness).*");
  }

  @Test
  void noticesAnAcknowledgementBeforeTheSync() {
    assertThat(atTheCommit(Saboteurs.ACK_BEFORE_SYNC)).startsWith("K6");
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
    assertThat(atTheCommit(Saboteurs.STALE_WRITES_WIN)).startsWith("K9");
  }

  @Test
  void noticesThatRightsAreNotChecked() {
    assertThat(atTheCommit(Saboteurs.RIGHTS_UNCHECKED)).startsWith("K8");
  }

  @Test
  void noticesAnEntityThatWasNotWrittenWithItsChange() {
    assertThat(atTheCommit(Saboteurs.ENTITIES_LEFT_BEHIND)).startsWith("K4");
  }

  @Test
  void noticesAnAtomicCallThatIsHalfDone() {
    assertThat(atTheCommit(Saboteurs.ATOMIC_CALLS_TORN)).startsWith("K3");
  }

  @Test
  void noticesThatASlowFollowerLosesChanges() {
    assertThat(firstBroken(Saboteurs.SLOW_FOLLOWERS_LOSE)).matches("(?s)(K5|liveness).*");
  }

  @Test
  void noticesThatAnUpdateOfADocumentIsCutOnItsWay() {
    assertThat(firstBroken(Saboteurs.UPDATES_CUT)).startsWith("K5");
  }

  @Test
  void noticesThatASnapshotShowsLessOfADocument() {
    assertThat(firstBroken(Saboteurs.SNAPSHOTS_CUT)).startsWith("K10");
  }

  @Test
  void noticesThatAnOriginalIsNotStoredAsItCame() {
    assertThat(atTheCommit(Saboteurs.PROOFS_CUT)).startsWith("K7");
  }

  @Test
  void noticesThatADeviceGoesOnBeforeItsDiskHasWhatItWroteDown() {
    assertThat(firstBroken(Saboteurs.DEVICES_GO_ON_BEFORE_SYNC)).matches("(?s)(K6|order).*");
  }

  @Test
  void noticesThatAPushOvertakesTheOneThatItFollows() {
    assertThat(firstBroken(Saboteurs.CHAINS_BROKEN)).startsWith("order");
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
    return firstFailure(sabotage).broken().getFirst();
  }

  /// The same, when it was found in the event in which the change was committed.
  private static String atTheCommit(Sabotage sabotage) {
    SimulationResult result = firstFailure(sabotage);
    String broken = result.broken().getFirst();
    List<String> lines = result.lastLines();
    int found = 0;
    while (found < lines.size() && !said(lines.get(found)).equals(broken)) {
      found++;
    }
    assertThat(found).isBetween(1, lines.size() - 1);
    assertThat(said(lines.get(found - 1))).startsWith("committed ");
    return broken;
  }

  private static String said(String line) {
    return line.substring(line.indexOf(" us: ") + " us: ".length());
  }

  private static SimulationResult firstFailure(Sabotage sabotage) {
    for (long seed = 1; seed <= SEEDS_MAX; seed++) {
      SimulationResult result = Simulation.run(seed, sabotage);
      if (!result.isSound()) {
        return result;
      }
    }
    throw new AssertionError("nothing in " + SEEDS_MAX + " seeds");
  }
}
