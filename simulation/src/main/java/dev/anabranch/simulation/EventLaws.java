package dev.anabranch.simulation;

import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.testkit.SimulatedDisk;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.promise.History;
import dev.anabranch.testkit.promise.K1DenseOrder;
import dev.anabranch.testkit.promise.K2OneOutcome;
import dev.anabranch.testkit.promise.K3AllOrNothing;
import dev.anabranch.testkit.promise.K6AcknowledgedSurvives;
import dev.anabranch.testkit.promise.K7ProofAsItCame;
import dev.anabranch.testkit.promise.K8RightsInTheCommit;
import dev.anabranch.testkit.promise.K9StaleNeverOverwrites;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The laws that can be decided the moment something happens, decided then: a commit, an answer,
/// something told or shown (decision 0107 says which laws have to wait, and for what).
///
/// It folds the log for itself, change by change, and knows every entity as it stood after each of
/// its changes.
final class EventLaws {

  /// A write and the call it was asked in.
  private record Asked(Commit call, Write write) {}

  private final Truth truth;
  private final SimulatedDisk disk;
  private final Map<Remembered.Name, Asked> asked = new HashMap<>();
  private final Map<Remembered.Name, Change> logged = new HashMap<>();
  private final Map<EntityKey, Entity> entities = new HashMap<>();
  private final Map<Long, Entity> after = new HashMap<>();
  private final K1DenseOrder order = new K1DenseOrder();
  private final K2OneOutcome keys = new K2OneOutcome();
  private final K8RightsInTheCommit rights;

  EventLaws(Truth truth, SimulatedDisk disk, Set<PrincipalId> owners) {
    this.truth = truth;
    this.disk = disk;
    this.rights = new K8RightsInTheCommit(TestModels.ALL, owners);
  }

  /// The server is asked, perhaps again.
  void asked(Commit call) {
    for (Write write : call.writes()) {
      asked.putIfAbsent(
          new Remembered.Name(write.entity().scope(), call.caller().principal(), write.key()),
          new Asked(call, write));
    }
  }

  /// What a batch breaks that a store has committed, or shows after a crash for the first time.
  List<String> committed(Store store, List<Change> batch) {
    List<String> broken = new ArrayList<>();
    Set<Commit> atomic = new LinkedHashSet<>();
    Map<EntityKey, Change> last = new HashMap<>();
    Map<ScopeName, Change> heads = new HashMap<>();
    for (Change change : batch) {
      broken.addAll(order.committed(change));
      broken.addAll(keys.committed(change));
      broken.addAll(rights.committed(change));
      Remembered.Name name = new Remembered.Name(change.scope(), change.author(), change.key());
      logged.putIfAbsent(name, change);
      Asked of = asked.get(name);
      if (of == null) {
        broken.add("K2: nobody asked for " + change);
      } else {
        broken.addAll(ofWrite(of.write(), change));
        if (of.call().atomic()) {
          atomic.add(of.call());
        }
      }
      fold(change, broken);
      last.put(change.entity(), change);
      heads.put(change.scope(), change);
    }
    broken.addAll(K3AllOrNothing.broken(atomic, batch));
    batch.forEach(change -> broken.addAll(stored(store, change)));
    last.keySet().forEach(key -> broken.addAll(state(store, key)));
    heads.values().forEach(change -> broken.addAll(head(store, change)));
    if (!batch.isEmpty() && disk.unsyncedBytes() > 0) {
      broken.add("K6: committed while " + disk.unsyncedBytes() + " bytes are not on disk");
    }
    return broken;
  }

  private List<String> ofWrite(Write write, Change change) {
    List<String> broken = new ArrayList<>(K7ProofAsItCame.broken(write, change));
    broken.addAll(
        K9StaleNeverOverwrites.broken(
            write, change, entities.get(change.entity()), TestModels.ALL));
    return broken;
  }

  private void fold(Change change, List<String> broken) {
    Entity before = entities.get(change.entity());
    long version = before == null ? 1 : before.version() + 1;
    long prior = before == null ? 0 : before.seq();
    if (change.version() != version || change.prior() != prior) {
      broken.add("K4: version %d after seq %d is expected: %s".formatted(version, prior, change));
    }
    Entity folded = TestModels.ruleOf(change.entity().model()).fold(before, change);
    entities.put(change.entity(), folded);
    after.put(change.id(), folded);
  }

  private static List<String> stored(Store store, Change change) {
    Optional<Change> found = store.change(change.scope(), change.seq());
    return found.filter(change::equals).isPresent()
        ? List.of()
        : List.of(
            (isOriginalLost(change, found) ? "K7" : "K3")
                + ": "
                + change
                + " was committed, the log has "
                + found);
  }

  private static boolean isOriginalLost(Change change, Optional<Change> found) {
    return found.isPresent() && !Objects.equals(change.proof(), found.get().proof());
  }

  private List<String> state(Store store, EntityKey key) {
    Entity expected = Objects.requireNonNull(entities.get(key));
    MergeRule rule = TestModels.ruleOf(key.model());
    Optional<Entity> found =
        store
            .entity(key)
            .map(entity ->
                rule instanceof DocumentRule document
                    ? DocumentTrail.whole(store, entity, document)
                    : entity);
    return found.filter(entity -> rule.isSame(expected, entity)).isPresent()
        ? List.of()
        : List.of("K4: the log makes " + expected + ", the store has " + found);
  }

  private static List<String> head(Store store, Change last) {
    ScopeHead head = store.head(last.scope());
    return head.seq() == last.seq() && head.id() == last.id()
        ? List.of()
        : List.of("K1: " + head + " is not where the log ends: " + last);
  }

  /// What an answer breaks that the server gives, whether it arrives or not.
  List<String> given(Commit call, List<Outcome> outcomes) {
    if (outcomes.size() != call.writes().size()) {
      return List.of("K9: " + outcomes.size() + " outcomes for " + call.writes().size());
    }
    List<String> broken = new ArrayList<>();
    for (History.Answer answer : new History.Answered(call, outcomes).answers()) {
      broken.addAll(keys.answered(answer));
      broken.addAll(asLogged(answer));
      broken.addAll(K9StaleNeverOverwrites.broken(answer));
      if (answer.outcome() instanceof Outcome.Applied applied) {
        Optional<Change> change = truth.change(answer.write().entity().scope(), applied.seq());
        broken.addAll(K6AcknowledgedSurvives.broken(answer, applied, change));
      }
    }
    return broken;
  }

  /// What is broken about an answer whose key is in the log: it must be that change.
  private List<String> asLogged(History.Answer answer) {
    Change change = logged.get(answer.name());
    boolean isIt =
        switch (answer.outcome()) {
          case Outcome.Applied applied -> change == null || applied.id() == change.id();
          case Outcome.Conflict ignored -> change == null;
          case Outcome.Refused(var fault) -> change == null || !fault.code().isRemembered();
          case Outcome.Duplicate ignored -> true;
        };
    return isIt
        ? List.of()
        : List.of("K2: " + answer.name() + " got " + answer.outcome() + ", the log has " + change);
  }

  /// What is broken about a change that somebody is told: it must be the log's, its original byte
  /// for byte.
  List<String> told(String who, Change change) {
    Optional<Change> logged = truth.change(change.scope(), change.seq());
    if (logged.filter(change::equals).isPresent()) {
      return List.of();
    }
    String law =
        logged.isPresent() && isOriginalLost(logged.get(), Optional.of(change)) ? "K7" : "K5";
    return List.of(law + ": " + who + " was told " + change + ", the log has " + logged);
  }

  /// What is broken about a change as the wire shows it.
  List<String> told(String who, SyncEvent event) {
    return truth
            .change(event.scope(), event.seq())
            .filter(change -> isShownBy(change, event))
            .isPresent()
        ? List.of()
        : List.of(
            "K5: "
                + who
                + " was told "
                + event
                + ", the log has "
                + truth.change(event.scope(), event.seq()));
  }

  private static boolean isShownBy(Change change, SyncEvent event) {
    return change.id() == event.id()
        && change.entity().equals(new EntityKey(event.scope(), event.model(), event.modelId()))
        && change.action() == event.action()
        && change.version() == event.version()
        && Objects.equals(change.data(), event.data())
        && Objects.equals(change.body(), event.body())
        && change.author().equals(event.author())
        && change.at() == event.createdAt();
  }

  /// What is broken about an entity in somebody's copy: it must be as it stood after its change.
  List<String> holds(String who, Entity entity) {
    Entity expected = after.get(entity.id());
    boolean isSame =
        !Copy.isComparable(entity)
            || (expected != null
                && TestModels.ruleOf(entity.key().model()).isSame(expected, entity));
    return isSame
        ? List.of()
        : List.of("K4: " + who + " holds " + entity + ", the log makes " + expected);
  }

  /// What is broken about an entity as a device knows it, without what waits there to be sent.
  List<String> known(String who, KnownEntity entity) {
    Entity expected = after.get(entity.syncId());
    return expected != null && Copies.known(expected).equals(entity)
        ? List.of()
        : List.of("K4: " + who + " knows " + entity + ", the log makes " + expected);
  }
}
