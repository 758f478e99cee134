package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.AppendRule;
import dev.anabranch.kernel.rule.CausalRule;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.GreatestRule;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// K9: a stale write never overwrites; a refused write is answered in-band and never blocks the
/// next one.
///
/// Models whose rule loses nothing by a stale write (`greatest`, `document`) have nothing to check.
public final class K9StaleNeverOverwrites {

  private K9StaleNeverOverwrites() {}

  /// What is broken among the answers that were given.
  public static List<String> broken(History history, Store store, Models models) {
    List<String> broken = new ArrayList<>();
    for (History.Answer answer : history.answers()) {
      Long expected = answer.write().expectedVersion();
      if (expected == null || merges(answer.write(), models)) {
        continue;
      }
      switch (answer.outcome()) {
        case Outcome.Applied applied -> applied(answer, applied, expected, store, broken);
        case Outcome.Conflict ignored -> broken.addAll(broken(answer));
        case Outcome.Refused ignored -> {}
        case Outcome.Duplicate ignored -> {}
      }
    }
    return broken;
  }

  /// What an answer breaks by itself: a conflict with what the writer expected.
  public static List<String> broken(History.Answer answer) {
    Long expected = answer.write().expectedVersion();
    return expected != null
            && answer.outcome() instanceof Outcome.Conflict(Entity current)
            && current != null
            && !current.deleted()
            && current.version() == expected
        ? List.of("K9: " + answer.name() + " conflicted with the version it expected")
        : List.of();
  }

  /// What a change breaks that is committed now.
  ///
  /// @param write what it came of
  /// @param before the entity that it changes; null = there was none
  public static List<String> broken(
      Write write, Change change, @Nullable Entity before, Models models) {
    Long expected = write.expectedVersion();
    long living = before == null || before.deleted() ? 0 : before.version();
    return expected == null || expected == living || merges(write, models)
        ? List.of()
        : List.of(
            "K9: %s expected version %d of %s and overwrote version %d"
                .formatted(change.key(), expected, change.entity(), living));
  }

  private static void applied(
      History.Answer answer,
      Outcome.Applied applied,
      long expected,
      Store store,
      List<String> broken) {
    boolean followsIt = applied.version() == expected + 1;
    boolean beginsAnew =
        expected == 0
            && store
                .change(answer.write().entity().scope(), applied.seq())
                .filter(change -> change.prior() == 0 || wasDeleted(change, store))
                .isPresent();
    boolean dropped = applied.seq() <= store.head(answer.write().entity().scope()).floorSeq();
    if (!followsIt && !beginsAnew && !(dropped && expected == 0)) {
      broken.add(
          "K9: %s expected version %d and made version %d"
              .formatted(answer.name(), expected, applied.version()));
    }
  }

  private static boolean wasDeleted(Change change, Store store) {
    return store
        .change(change.scope(), change.prior())
        .map(prior -> prior.action() == Action.DELETE)
        .orElse(true);
  }

  private static boolean merges(Write write, Models models) {
    return switch (models.of(write.entity().model()).rule()) {
      case GreatestRule ignored -> true;
      case DocumentRule ignored -> write.action() == Action.MERGE;
      case AppendRule ignored -> false;
      case CausalRule ignored -> false;
      case NewestRule ignored -> false;
      case VersionedRule ignored -> false;
    };
  }
}
