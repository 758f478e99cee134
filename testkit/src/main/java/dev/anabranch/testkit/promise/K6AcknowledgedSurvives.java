package dev.anabranch.testkit.promise;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// K6: an acknowledged write survives kill −9 and power loss; what any reader saw is in every later
/// recovery.
public final class K6AcknowledgedSurvives {

  private K6AcknowledgedSurvives() {}

  /// What is broken between the answers that were given and the log as it is found.
  public static List<String> broken(History history, Store store) {
    List<String> broken = new ArrayList<>();
    for (History.Answer answer : history.answers()) {
      ScopeName scope = answer.write().entity().scope();
      if (answer.outcome() instanceof Outcome.Applied applied
          && applied.seq() > store.head(scope).floorSeq()) {
        broken.addAll(broken(answer, applied, store.change(scope, applied.seq())));
      }
    }
    return broken;
  }

  /// What an answer breaks by what the log has at its seq.
  public static List<String> broken(
      History.Answer answer, Outcome.Applied applied, Optional<Change> change) {
    if (change.isEmpty() || change.get().id() != applied.id()) {
      return List.of(
          "K6: " + answer.name() + " was answered " + applied + ", the log has " + change);
    }
    return change.get().entity().equals(answer.write().entity())
        ? List.of()
        : List.of("K6: " + answer.name() + " was answered with another entity's " + change.get());
  }

  /// What readers saw that is not in the log.
  ///
  /// @param seen the ids that some reader was told, by scope and seq
  public static List<String> phantoms(Map<ScopeName, Map<Long, Long>> seen, Store store) {
    List<String> broken = new ArrayList<>();
    seen.forEach((scope, ids) ->
        ids.forEach((seq, id) -> {
          boolean there =
              seq <= store.head(scope).floorSeq()
                  || store.change(scope, seq).filter(change -> change.id() == id).isPresent();
          if (!there) {
            broken.add(
                "K6: a reader saw seq " + seq + " of " + scope + " as id " + id + ": it is gone");
          }
        }));
    return broken;
  }
}
