package dev.anabranch.testkit.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.rule.DocumentMerge;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SetUnionMerge;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.WriteGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The checkers find nothing where all is well and something where a promise was broken on purpose.
final class PromisesTest {

  private static final ScopeName SCOPE = new ScopeName("org:1");
  private static final Set<PrincipalId> OWNERS = Set.of(TestWriter.OWNER.principal());

  private final MemoryStore store = MemoryStore.fresh();
  private final TestWriter writer = new TestWriter(store);
  private final History history = new History();
  private final List<Commit> asked = new ArrayList<>();
  private int keys;

  @Test
  void theKernelKeepsItsPromisesWhateverIsWritten() {
    Random seeded = new Random(12);
    WriteGenerator generator = new WriteGenerator(seeded, "g");
    List<Write> past = new ArrayList<>();
    for (int round = 0; round < 300; round++) {
      List<Write> writes = new ArrayList<>();
      for (int write = seeded.nextInt(3); write >= 0; write--) {
        boolean again = !past.isEmpty() && seeded.nextInt(5) == 0;
        writes.add(again ? past.get(seeded.nextInt(past.size())) : generator.next(SCOPE));
      }
      past.addAll(writes);
      call(new Commit(TestWriter.OWNER, writes, false));
    }
    assertThat(everythingBroken()).isEmpty();
    assertThat(history.answers()).hasSizeGreaterThan(300);
  }

  @Test
  void atomicCallsAreWhollyInOrWhollyOut() {
    call(new Commit(TestWriter.OWNER, List.of(insert("a"), insert("b")), true));
    call(new Commit(TestWriter.OWNER, List.of(insert("c"), insert("d").expecting(7)), true));
    assertThat(K3AllOrNothing.broken(asked, store)).isEmpty();
    Write torn = insert("e");
    writer.write(torn);
    Commit half = new Commit(TestWriter.OWNER, List.of(torn, insert("f")), true);
    assertThat(K3AllOrNothing.broken(List.of(half), store)).hasSize(1);
  }

  @Test
  void findsAHoleInTheOrder() {
    write(insert("a"));
    tamper(change -> with(change, change.id() + 5, change.seq() + 1, change.version()));
    assertThat(K1DenseOrder.broken(store)).isNotEmpty();
    assertThat(K4StateIsFold.broken(store, TestModels.ALL)).isNotEmpty();
  }

  @Test
  void findsAtTheCommitWhatTheLogWouldShow() {
    write(grant("ann", "write"));
    write(insert("a"));
    Change first = Logs.of(store, SCOPE).get(0);
    Change second = Logs.of(store, SCOPE).get(1);

    K1DenseOrder order = new K1DenseOrder();
    assertThat(order.committed(first)).isEmpty();
    assertThat(order.committed(second)).isEmpty();
    assertThat(order.committed(second)).hasSize(1);

    K2OneOutcome keys = new K2OneOutcome();
    assertThat(keys.committed(first)).isEmpty();
    assertThat(keys.committed(first)).hasSize(2);

    assertThat(new K8RightsInTheCommit(TestModels.ALL, OWNERS).committed(second)).isEmpty();
    assertThat(new K8RightsInTheCommit(TestModels.ALL, Set.of()).committed(second)).hasSize(1);

    Write careful = insert("a").expecting(7);
    assertThat(K9StaleNeverOverwrites.broken(careful, second, null, TestModels.ALL)).hasSize(1);
    Write blind = insert("a").expecting(0);
    assertThat(K9StaleNeverOverwrites.broken(blind, second, null, TestModels.ALL)).isEmpty();
  }

  @Test
  void findsWhatAReaderByIdsMissed() {
    write(insert("a"));
    write(insert("b"));
    write(insert("c"));
    List<Long> ids = Logs.of(store).stream().map(Change::id).toList();
    assertThat(K1DenseOrder.skipped(ids, 0, ids)).isEmpty();
    assertThat(K1DenseOrder.skipped(ids, 0, List.of(ids.get(0), ids.get(2)))).hasSize(1);
  }

  @Test
  void findsTwoAnswersToOneKey() {
    Write write = insert("a");
    write(write);
    history.answered(
        Commit.of(TestWriter.OWNER, write), List.of(new Outcome.Applied(77, 7, 7, null)));
    assertThat(K2OneOutcome.broken(history, store)).hasSize(1);
    assertThat(K6AcknowledgedSurvives.broken(history, store)).hasSize(1);
  }

  @Test
  void findsAKeyThatIsTwiceInTheLog() {
    write(insert("a"));
    tamper(change -> with(change, change.id(), change.seq(), change.version()));
    assertThat(K2OneOutcome.broken(history, store)).hasSize(2);
  }

  @Test
  void findsAnEntityThatIsNotTheFoldOfItsChanges() {
    write(insert("a"));
    Outcome.Applied applied = writer.apply(insert("a"));
    Entity entity = Objects.requireNonNull(applied.entity());
    Entity other =
        new Entity(
            entity.key(),
            entity.version(),
            JsonObject.EMPTY,
            null,
            null,
            false,
            entity.createdAt(),
            entity.updatedAt(),
            entity.id(),
            entity.seq());
    force(List.of(), other);
    assertThat(K4StateIsFold.broken(store, TestModels.ALL))
        .singleElement()
        .asString()
        .startsWith("K4: org:1 at seq 2, note a");
  }

  @Test
  void findsAFollowersHoleRepetitionAndRest() {
    K5EverySeqOnce follower = new K5EverySeqOnce("f", 3);
    follower.told(4);
    follower.told(5);
    assertThat(follower.broken()).isEmpty();
    assertThat(follower.brokenAtRest(5)).isEmpty();
    assertThat(follower.brokenAtRest(6)).hasSize(1);
    follower.told(5);
    follower.told(8);
    assertThat(follower.broken()).hasSize(2);
    follower.refetch();
    assertThat(follower.brokenAtRest(100)).hasSize(2);
  }

  @Test
  void findsALostAcknowledgedWriteAndAPhantom() {
    History other = new History();
    other.answered(
        Commit.of(TestWriter.OWNER, insert("a")), List.of(new Outcome.Applied(1, 1, 1, null)));
    assertThat(K6AcknowledgedSurvives.broken(other, store)).hasSize(1);
    assertThat(K6AcknowledgedSurvives.phantoms(Map.of(SCOPE, Map.of(1L, 1L)), store)).hasSize(1);
    write(insert("a"));
    assertThat(K6AcknowledgedSurvives.phantoms(Map.of(SCOPE, Map.of(1L, 1L)), store)).isEmpty();
  }

  @Test
  void findsAProofThatCameBackAsAnother() {
    Write proven = insert("a").provenBy(Bytes.of(new byte[] {1, 2}));
    write(proven);
    assertThat(K7ProofAsItCame.broken(history, store)).isEmpty();
    history.answered(
        Commit.of(TestWriter.OWNER, proven.provenBy(Bytes.of(new byte[] {1}))),
        List.of(new Outcome.Applied(1, 1, 1, null)));
    assertThat(K7ProofAsItCame.broken(history, store)).hasSize(1);
  }

  @Test
  void findsAChangeWithoutRightAndALeakAfterARevocation() {
    PrincipalId ann = new PrincipalId("ann");
    write(grant("ann", "write"));
    writer.apply(TestWriter.granted("ann"), insert("a"));
    write(Write.delete(key(), EntityKey.grant(SCOPE, ann)));
    write(insert("b"));
    List<Change> log = Logs.of(store, SCOPE);
    assertThat(K8RightsInTheCommit.broken(log, TestModels.ALL, OWNERS)).isEmpty();
    assertThat(K8RightsInTheCommit.leaked(log, TestModels.ALL, ann, 1, 3)).isEmpty();
    assertThat(K8RightsInTheCommit.leaked(log, TestModels.ALL, ann, 1, 4)).hasSize(1);

    Caller forger = new Caller(ann, TestWriter.OWNER.authority(), "test");
    writer.apply(forger, insert("c"));
    assertThat(K8RightsInTheCommit.broken(Logs.of(store, SCOPE), TestModels.ALL, OWNERS))
        .hasSize(1);
  }

  @Test
  void findsAnOverwriteByAStaleWrite() {
    write(insert("a"));
    write(insert("a").expecting(1));
    assertThat(K9StaleNeverOverwrites.broken(history, store, TestModels.ALL)).isEmpty();
    history.answered(
        Commit.of(TestWriter.OWNER, insert("a").expecting(1)),
        List.of(new Outcome.Applied(9, 9, 5, null)));
    assertThat(K9StaleNeverOverwrites.broken(history, store, TestModels.ALL)).hasSize(1);
  }

  @Test
  void findsAMergeThatDependsOnTheOrder() {
    List<Bytes> updates = List.of(Bytes.of(new byte[] {1}), Bytes.of(new byte[] {2, 3}));
    assertThat(K10ReplicasConverge.broken(new SetUnionMerge(), updates, 1)).isEmpty();
    DocumentMerge lastWins =
        new DocumentMerge() {
          @Override
          public Optional<Fault> check(Bytes update) {
            return Optional.empty();
          }

          @Override
          public Bytes merge(@Nullable Bytes state, Bytes update) {
            return update;
          }
        };
    assertThat(K10ReplicasConverge.broken(lastWins, updates, 1)).isNotEmpty();
  }

  @Test
  void findsReplicasThatMadeSomethingElseOfTheSameUpdates() {
    K10ReplicasConverge replicas = new K10ReplicasConverge();
    replicas.holds("ann", Set.of(1, 2), "ab");
    replicas.holds("bob", Set.of(1), "a");
    replicas.holds("cyd", Set.of(2, 1), "ab");
    assertThat(replicas.broken()).isEmpty();
    replicas.holds("dee", Set.of(1, 2), "ba");
    assertThat(replicas.broken())
        .singleElement()
        .asString()
        .startsWith("K10: dee holds the same updates as ann and another state");
  }

  @Test
  void findsASizeBeyondItsBound() {
    List<Integer> queue = new ArrayList<>();
    K11Bounds bounds = new K11Bounds();
    bounds.watch("queue", queue::size, 1);
    queue.add(1);
    bounds.look();
    assertThat(bounds.broken()).isEmpty();
    queue.add(2);
    bounds.look();
    queue.clear();
    bounds.look();
    assertThat(bounds.broken()).containsExactly("K11: queue was 2, its bound is 1");
  }

  @Test
  void findsASizeThatIsToldBeyondItsBound() {
    K11Bounds bounds = new K11Bounds();
    bounds.watch("page", 3);
    bounds.saw("page", 3);
    bounds.look();
    assertThat(bounds.broken()).isEmpty();
    bounds.saw("page", 4);
    bounds.saw("page", 1);
    assertThat(bounds.largest("page")).isEqualTo(4);
    assertThat(bounds.broken()).containsExactly("K11: page was 4, its bound is 3");
    assertThatThrownBy(() -> bounds.saw("other", 1)).hasMessageContaining("nobody watches other");
  }

  @Test
  void findsAChangeThatAGatewayCannotShow() {
    write(insert("a"));
    assertThat(K12EveryGatewayShows.broken(store, Map.of("scope", Optional::of))).isEmpty();
    assertThat(K12EveryGatewayShows.broken(store, Map.of("scope", change -> Optional.empty())))
        .hasSize(1);
  }

  private List<String> everythingBroken() {
    List<String> broken = new ArrayList<>();
    broken.addAll(K1DenseOrder.broken(store));
    broken.addAll(K2OneOutcome.broken(history, store));
    broken.addAll(K4StateIsFold.broken(store, TestModels.ALL));
    broken.addAll(K6AcknowledgedSurvives.broken(history, store));
    broken.addAll(K7ProofAsItCame.broken(history, store));
    broken.addAll(K8RightsInTheCommit.broken(Logs.of(store, SCOPE), TestModels.ALL, OWNERS));
    broken.addAll(K9StaleNeverOverwrites.broken(history, store, TestModels.ALL));
    return broken;
  }

  private void call(Commit call) {
    asked.add(call);
    history.answered(call, writer.call(call));
  }

  private void write(Write write) {
    call(Commit.of(TestWriter.OWNER, write));
  }

  private WriteKey key() {
    return new WriteKey("key" + keys++);
  }

  private Write insert(String id) {
    EntityKey entity = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
    return Write.insert(key(), entity, JsonObject.EMPTY.with("text", id));
  }

  private Write grant(String principal, String right) {
    return Write.insert(
        key(),
        EntityKey.grant(SCOPE, new PrincipalId(principal)),
        JsonObject.EMPTY.with("right", right));
  }

  /// Logs the last change once more, turned into something that must not be.
  private void tamper(UnaryOperator<Change> turn) {
    Change last = Logs.of(store, SCOPE).getLast();
    force(List.of(turn.apply(last)), null);
  }

  private void force(List<Change> changes, @Nullable Entity entity) {
    Needs nothing = new Needs(Set.of(), Set.of(), Set.of(), Set.of());
    List<Effects.Logged> logged =
        changes.stream().map(change -> new Effects.Logged(change, hash())).toList();
    store.commit(
        nothing,
        loaded ->
            new Effects(
                loaded.headId(),
                loaded.headHlc(),
                logged,
                entity == null ? List.of() : List.of(entity),
                List.of(remembered()),
                List.of(),
                List.of()));
  }

  private Remembered remembered() {
    return new Remembered(
        new Remembered.Name(SCOPE, new PrincipalId("x"), key()),
        hash(),
        new Outcome.Conflict(null));
  }

  private static WriteHash hash() {
    return new WriteHash(1, 2);
  }

  private static Change with(Change change, long id, long seq, long version) {
    return new Change(
        id,
        seq,
        change.entity(),
        change.action(),
        version,
        change.data(),
        change.body(),
        change.key(),
        change.author(),
        change.cause(),
        change.hlc(),
        0,
        change.proof(),
        change.origin(),
        change.at(),
        false);
  }
}
