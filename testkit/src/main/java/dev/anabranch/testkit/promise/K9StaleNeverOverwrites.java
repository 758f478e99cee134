package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Outcome;
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
      if (expected == null || merges(answer, models)) {
        continue;
      }
      switch (answer.outcome()) {
        case Outcome.Applied applied -> applied(answer, applied, expected, store, broken);
        case Outcome.Conflict(Entity current) -> {
          if (current != null && !current.deleted() && current.version() == expected) {
            broken.add("K9: " + answer.name() + " conflicted with the version it expected");
          }
        }
        case Outcome.Refused ignored -> {}
        case Outcome.Duplicate ignored -> {}
      }
    }
    return broken;
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

  private static boolean merges(History.Answer answer, Models models) {
    return switch (models.of(answer.write().entity().model()).rule()) {
      case GreatestRule ignored -> true;
      case DocumentRule ignored -> answer.write().action() == Action.MERGE;
      case AppendRule ignored -> false;
      case CausalRule ignored -> false;
      case NewestRule ignored -> false;
      case VersionedRule ignored -> false;
    };
  }
}
