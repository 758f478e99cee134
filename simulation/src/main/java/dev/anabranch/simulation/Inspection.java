package dev.anabranch.simulation;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.promise.History;
import dev.anabranch.testkit.promise.K1DenseOrder;
import dev.anabranch.testkit.promise.K2OneOutcome;
import dev.anabranch.testkit.promise.K3AllOrNothing;
import dev.anabranch.testkit.promise.K4StateIsFold;
import dev.anabranch.testkit.promise.K6AcknowledgedSurvives;
import dev.anabranch.testkit.promise.K7ProofAsItCame;
import dev.anabranch.testkit.promise.K8RightsInTheCommit;
import dev.anabranch.testkit.promise.K9StaleNeverOverwrites;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The laws as far as a store and the answers show them.
final class Inspection {

  static final Set<PrincipalId> OWNERS = Set.of(TestWriter.OWNER.principal());

  private final History history;
  private final List<Commit> asked;
  private final Truth truth;

  Inspection(History history, List<Commit> asked, Truth truth) {
    this.history = history;
    this.asked = asked;
    this.truth = truth;
  }

  /// What is broken in a store between two batches: order and state.
  List<String> ofStore(Store store) {
    List<String> broken = new ArrayList<>(K1DenseOrder.broken(store));
    broken.addAll(K4StateIsFold.broken(store, TestModels.ALL));
    return broken;
  }

  /// What is broken between the answers and a store.
  List<String> ofAnswers(Store store) {
    List<String> broken = new ArrayList<>(K2OneOutcome.broken(history, store));
    if (World.SCOPES.stream().allMatch(scope -> store.head(scope).floorSeq() == 0)) {
      broken.addAll(K3AllOrNothing.broken(asked, store)); // dropped changes are not seen in a log
    }
    broken.addAll(K6AcknowledgedSurvives.broken(history, store));
    broken.addAll(K7ProofAsItCame.broken(history, store));
    broken.addAll(K9StaleNeverOverwrites.broken(history, store, TestModels.ALL));
    for (ScopeName scope : World.SCOPES) {
      broken.addAll(K8RightsInTheCommit.broken(truth.log(scope), TestModels.ALL, OWNERS));
    }
    return broken;
  }

  /// The grants as a log leaves them.
  Function<EntityKey, @Nullable Entity> grants(List<Change> log) {
    Map<EntityKey, Entity> grants = new HashMap<>();
    for (Change change : log) {
      if (change.entity().model().equals(ModelName.GRANT)) {
        Entity before = grants.get(change.entity());
        grants.put(change.entity(), TestModels.ruleOf(ModelName.GRANT).fold(before, change));
      }
    }
    return grants::get;
  }
}
