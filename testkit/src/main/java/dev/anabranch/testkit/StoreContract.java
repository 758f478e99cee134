package dev.anabranch.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Quota;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.rule.Sibling;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Folded;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The exam that every store sits; [MemoryStore] sits it first.
///
/// A subclass says how its database is opened. Each test begins with an empty one.
@SuppressWarnings("NullAway.Init") // JUnit calls openStore first
public abstract class StoreContract {

  protected static final ScopeName HOME = new ScopeName("org:home");
  protected static final ScopeName AWAY = new ScopeName("org:away");
  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  /// The store under test, open.
  protected Store store;

  /// Writes to [#store] as the server does.
  protected TestWriter writer;

  private int keys;

  /// Opens this test's database: empty the first time, after a close the same one again.
  protected abstract Store open();

  /// Does to this test's database, while it is closed, what bringing back a backup of it does: the
  /// next epoch begins.
  protected abstract void restore();

  @BeforeEach
  void openStore() {
    use(open());
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  /// Closes the store and opens it again.
  protected final void reopen() {
    store.close();
    use(open());
  }

  private void use(Store opened) {
    store = opened;
    writer = new TestWriter(opened);
  }

  // What is there at first.

  @Test
  void beginsEmpty() {
    assertThat(store.epoch()).isZero();
    assertThat(store.heads(null, 10)).isEmpty();
    assertThat(store.head(HOME)).isEqualTo(ScopeHead.empty(HOME));
    assertThat(store.read(HOME, 0, ALL))
        .isEqualTo(new Reading.Page(0, List.of(), ScopeHead.empty(HOME)));
    assertThat(store.change(HOME, 1)).isEmpty();
    assertThat(store.entity(note("a"))).isEmpty();
    assertThat(store.snapshot(HOME, Set.of(), null, ALL))
        .isEqualTo(new SnapshotPage(List.of(), null));
    assertThat(store.state(HOME, null, ALL)).isEqualTo(new SnapshotPage(List.of(), null));
    assertThat(store.floor(HOME, null, ALL)).isEqualTo(new SnapshotPage(List.of(), null));
    store.probe();
  }

  @Test
  void loadsNothingFromAnEmptyDatabase() {
    DeviceName device = new DeviceName(HOME, new DeviceId("phone"));
    Remembered.Name key = name("k");
    Needs needs = new Needs(Set.of(HOME), Set.of(key), Set.of(note("a")), Set.of(device));
    look(
        needs,
        loaded -> {
          assertThat(loaded.headId()).isZero();
          assertThat(loaded.headHlc()).isZero();
          assertThat(loaded.scope(HOME)).isEqualTo(ScopeHead.empty(HOME));
          assertThat(loaded.remembered(key)).isNull();
          assertThat(loaded.entity(note("a"))).isNull();
          assertThat(loaded.device(device)).isNull();
        });
    assertThat(store.heads(null, 10)).isEmpty();
  }

  // Commit.

  @Test
  void aCommittedWriteIsChangeEntityAndHead() {
    Outcome.Applied applied = writer.apply(insert("a", "title", "one"));

    Change change = store.change(HOME, 1).orElseThrow();
    assertThat(change.id()).isEqualTo(applied.id());
    assertThat(change.data()).isEqualTo(JsonObject.EMPTY.with("title", "one"));
    assertThat(store.entity(note("a"))).contains(Objects.requireNonNull(applied.entity()));
    assertThat(store.head(HOME)).isEqualTo(new ScopeHead(HOME, 1, applied.id(), 0, 0));
    assertThat(changesAfter(HOME, 0)).containsExactly(change);
  }

  @Test
  void aCommitSeesWhatTheOneBeforeDid() {
    DeviceId phone = new DeviceId("phone");
    Write write = insert("a", "title", "one").causedBy(new CausalClaim(phone, 1L, 0L));
    Outcome.Applied applied = writer.apply(write);
    DeviceName device = new DeviceName(HOME, phone);
    Remembered.Name key = new Remembered.Name(HOME, TestWriter.OWNER.principal(), write.key());
    Needs needs = new Needs(Set.of(HOME), Set.of(key), Set.of(note("a")), Set.of(device));

    look(
        needs,
        loaded -> {
          assertThat(loaded.headId()).isEqualTo(applied.id());
          assertThat(loaded.headHlc()).isEqualTo(Hlc.ofMillis(writer.nowMillis()));
          assertThat(loaded.scope(HOME).seq()).isEqualTo(1);
          Remembered answer = Objects.requireNonNull(loaded.remembered(key));
          assertThat(answer.outcome())
              .isEqualTo(new Outcome.Applied(applied.id(), 1, applied.version(), null));
          assertThat(loaded.entity(note("a"))).isEqualTo(applied.entity());
          assertThat(loaded.device(device))
              .isEqualTo(new DeviceState(HOME, phone, TestWriter.OWNER.principal(), 1, 0));
        });
  }

  @Test
  void oneBatchMaySpanScopesAndEntities() {
    Write home = insert("a", "title", "home");
    Write away =
        Write.insert(key(), new EntityKey(AWAY, TestModels.NOTE, new EntityId("a")), fields());
    writer.batch(
        List.of(
            new Commit(TestWriter.OWNER, List.of(home, away), false),
            Commit.of(TestWriter.OWNER, insert("b", "title", "home too"))));

    assertThat(changesAfter(HOME, 0)).extracting(Change::seq).containsExactly(1L, 2L);
    assertThat(changesAfter(AWAY, 0)).extracting(Change::seq).containsExactly(1L);
    assertThat(store.heads(null, 10)).extracting(ScopeHead::scope).containsExactly(AWAY, HOME);
  }

  @Test
  void idsRiseOverAllScopesAndSeqsAreDensePerScope() {
    for (int round = 0; round < 5; round++) {
      writer.apply(insert("a" + round, "n", "x"));
      writer.apply(
          Write.insert(
              key(), new EntityKey(AWAY, TestModels.NOTE, new EntityId("b" + round)), fields()));
    }
    assertThat(changesAfter(HOME, 0)).extracting(Change::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(changesAfter(AWAY, 0)).extracting(Change::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
    List<Long> ids = new ArrayList<>();
    for (int seq = 1; seq <= 5; seq++) {
      ids.add(store.change(HOME, seq).orElseThrow().id());
      ids.add(store.change(AWAY, seq).orElseThrow().id());
    }
    assertThat(ids).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void nothingOfABatchWhoseDecisionThrowsIsKept() {
    writer.apply(insert("a", "title", "one"));
    Commit call = Commit.of(TestWriter.OWNER, insert("b", "title", "two"));
    assertThatThrownBy(() ->
            store.commit(
                new Sequencer(TestModels.ALL).lookups(List.of(call)),
                loaded -> {
                  throw new IllegalArgumentException("a bug");
                }))
        .hasMessageContaining("a bug");
    reopen();

    assertThat(store.head(HOME).seq()).isEqualTo(1);
    assertThat(store.entity(note("b"))).isEmpty();
    writer.apply(insert("b", "title", "two"));
    assertThat(changesAfter(HOME, 0)).extracting(Change::seq).containsExactly(1L, 2L);
  }

  @Test
  void anUpdateReplacesTheEntityAndKeepsBothChanges() {
    writer.apply(insert("a", "title", "one"));
    writer.pass(5);
    Outcome.Applied second =
        writer.apply(Write.update(key(), note("a"), JsonObject.EMPTY.with("more", 2)));

    Entity entity = store.entity(note("a")).orElseThrow();
    assertThat(entity).isEqualTo(second.entity());
    assertThat(entity.data()).isEqualTo(JsonObject.EMPTY.with("title", "one").with("more", 2));
    assertThat(entity.createdAt()).isEqualTo(TestWriter.START_MILLIS);
    assertThat(entity.updatedAt()).isEqualTo(TestWriter.START_MILLIS + 5);
    assertThat(changesAfter(HOME, 0)).extracting(Change::prior).containsExactly(0L, 1L);
  }

  @Test
  void aDeletedEntityStaysAsATombstone() {
    writer.apply(insert("a", "title", "one"));
    writer.apply(Write.delete(key(), note("a")));

    assertThat(store.entity(note("a")).orElseThrow().deleted()).isTrue();
    assertThat(store.snapshot(HOME, Set.of(), null, ALL).entities()).isEmpty();
    assertThat(store.state(HOME, null, ALL).entities()).hasSize(1);
    assertThat(writer.apply(insert("a", "title", "again")).version()).isEqualTo(3);
  }

  // Answers (K2).

  @Test
  void blanksWhatOneAuthorWroteOfAnEntityAndNothingElse() {
    Caller ann = new Caller(new PrincipalId("ann"), Authority.OWNER, "test");
    Caller bob = new Caller(new PrincipalId("bob"), Authority.OWNER, "test");
    writer.apply(ann, insert("a", "title", "ann's"));
    writer.apply(bob, Write.update(key(), note("a"), JsonObject.EMPTY.with("colour", "bob's")));
    writer.apply(ann, Write.update(key(), note("a"), JsonObject.EMPTY.with("colour", "ann's")));
    writer.apply(ann, insert("b", "title", "ann's too"));
    JsonObject back = JsonObject.EMPTY.with("title", JsonNull.NULL).with("colour", "bob's");
    Write taking = Write.update(key(), note("a"), back);
    writer.apply(taking.erasing(Set.of(new PrincipalId("ann"))));
    List<Boolean> erased = new ArrayList<>();
    for (long seq = 1; seq <= 5; seq++) {
      Change change = store.change(HOME, seq).orElseThrow();
      assertThat(change.data() == null).isEqualTo(change.erased());
      erased.add(change.erased());
    }
    assertThat(erased).containsExactly(true, false, true, false, false);
    assertThat(store.entity(note("a")).orElseThrow().data())
        .isEqualTo(JsonObject.EMPTY.with("colour", "bob's"));
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void blanksEverythingAlsoWhereSomeOfItWasBlankedBefore() {
    Caller ann = new Caller(new PrincipalId("ann"), Authority.OWNER, "test");
    writer.apply(insert("a", "title", "one"));
    writer.apply(ann, Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "ann's")));
    Write taking = Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "one"));
    writer.apply(taking.erasing(Set.of(new PrincipalId("ann"))));
    for (int round = 0; round < 3; round++) {
      writer.apply(Write.delete(key(), note("a")).erasing(Set.of()));
      writer.apply(insert("a", "title", "again"));
    }
    for (long seq = 1; seq <= 7; seq++) {
      assertThat(store.change(HOME, seq).orElseThrow().erased()).as("seq %s", seq).isTrue();
    }
    assertThat(store.change(HOME, 8).orElseThrow().erased()).as("the last delete").isFalse();
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void blanksWhatTheLogStillSaysOfWhatWasDeletedBefore() {
    writer.apply(insert("a", "title", "one"));
    writer.apply(Write.delete(key(), note("a")));
    writer.apply(Write.delete(key(), note("a")).erasing(Set.of()));
    assertThat(store.head(HOME).seq()).isEqualTo(2);
    assertThat(store.change(HOME, 1).orElseThrow().erased()).isTrue();
    Caller granted = TestWriter.granted("ann");
    assertThat(writer.write(granted, Write.delete(key(), note("a")).erasing(Set.of())))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void blanksWhatIsDeletedBesideALivingVersionByADeletionThatCoversBoth() {
    EntityKey entity = new EntityKey(HOME, TestModels.MESSAGE, new EntityId("m"));
    writer.apply(Write.insert(key(), entity, JsonObject.EMPTY.with("content", "first")));
    CausalClaim phone = new CausalClaim(new DeviceId("phone"), null, 1L);
    CausalClaim pad = new CausalClaim(new DeviceId("pad"), null, 1L);
    JsonObject second = JsonObject.EMPTY.with("content", "second");
    writer.apply(Write.update(key(), entity, second).causedBy(phone));
    writer.apply(Write.delete(key(), entity).causedBy(pad));
    assertThat(store.entity(entity).orElseThrow().deleted()).isTrue();
    assertThat(Sibling.of(store.entity(entity).orElseThrow())).hasSize(2);
    writer.apply(Write.delete(key(), entity).expecting(0).erasing(Set.of()));
    assertThat(Sibling.of(store.entity(entity).orElseThrow())).hasSize(1);
    assertThat(store.change(HOME, 2).orElseThrow().erased()).isTrue();
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void whoDeletesMayBlankWhatTheyWroteThemselvesAndNobodyElses() {
    Caller ann = new Caller(new PrincipalId("ann"), Authority.OWNER, "test");
    Caller granted = TestWriter.granted("ann");
    JsonObject right = JsonObject.EMPTY.with("right", "write");
    writer.apply(insert("a", "title", "by the owner"));
    EntityKey grant = EntityKey.grant(HOME, granted.principal());
    writer.apply(Write.insert(key(), grant, right));
    writer.apply(ann, Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "ann's")));
    Set<PrincipalId> both = Set.of(granted.principal(), TestWriter.OWNER.principal());
    Write delete = Write.delete(key(), note("a"));
    assertThat(writer.write(granted, delete.erasing(both))).isInstanceOf(Outcome.Refused.class);
    Write own =
        Write.delete(key(), note("a")).erasing(Set.of(granted.principal(), PrincipalId.ERASER));
    assertThat(writer.write(granted, own)).isInstanceOf(Outcome.Applied.class);
    assertThat(store.change(HOME, 1).orElseThrow().erased()).isFalse();
    assertThat(store.change(HOME, 3).orElseThrow().erased()).isTrue();
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void aStaleErasureOfWhatWasDeletedAndMadeAnewBlanksNothing() {
    writer.apply(insert("a", "title", "one"));
    writer.apply(Write.delete(key(), note("a")));
    writer.apply(insert("a", "title", "anew"));
    assertThat(writer.write(Write.delete(key(), note("a")).expecting(0).erasing(Set.of())))
        .isInstanceOf(Outcome.Conflict.class);
    assertThat(store.change(HOME, 1).orElseThrow().erased()).isFalse();
    assertThat(store.entity(note("a")).orElseThrow().deleted()).isFalse();
  }

  @Test
  void remembersAnAppliedAnswer() {
    Write write = insert("a", "title", "one");
    Outcome.Applied first = writer.apply(write);
    reopen();
    assertThat(writer.write(write)).isEqualTo(new Outcome.Duplicate(first));
    assertThat(store.head(HOME).seq()).isEqualTo(1);
  }

  @Test
  void remembersAConflictWithTheEntityAsItStoodThen() {
    writer.apply(insert("a", "title", "one"));
    Write stale = Write.update(key(), note("a"), fields()).expecting(7);
    Outcome first = writer.write(stale);
    assertThat(first).isInstanceOf(Outcome.Conflict.class);
    writer.apply(Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "two")));
    reopen();
    assertThat(writer.write(stale)).isEqualTo(new Outcome.Duplicate(first));
  }

  @Test
  void remembersAConflictWithNothing() {
    Write stale = Write.update(key(), note("never"), fields()).expecting(1);
    assertThat(writer.write(stale)).isEqualTo(new Outcome.Conflict(null));
    reopen();
    assertThat(writer.write(stale)).isEqualTo(new Outcome.Duplicate(new Outcome.Conflict(null)));
  }

  @Test
  void remembersARefusalWordForWord() {
    Write absent = Write.update(key(), note("ünï\"code"), fields());
    Outcome first = writer.write(absent);
    assertThat(first).isInstanceOf(Outcome.Refused.class);
    reopen();
    assertThat(writer.write(absent)).isEqualTo(new Outcome.Duplicate(first));
  }

  @Test
  void remembersAnAnswerThatChangedNothing() {
    Outcome.Applied moved = writer.apply(marker(9));
    Write lower = marker(3);
    assertThat(writer.apply(lower).seq()).isEqualTo(moved.seq());
    reopen();
    assertThat(writer.write(lower)).isInstanceOf(Outcome.Duplicate.class);
    assertThat(store.head(HOME).seq()).isEqualTo(1);
  }

  @Test
  void aRetryAmongNewWritesGetsItsFirstAnswerAndTheNewOnesAreApplied() {
    Write first = insert("a", "title", "one");
    Outcome.Applied applied = writer.apply(first);
    reopen();
    Write fresh = insert("b", "title", "two");
    Commit call = new Commit(TestWriter.OWNER, List.of(fresh, first), false);
    List<Outcome> outcomes = writer.call(call);
    assertThat(outcomes.getFirst()).isInstanceOf(Outcome.Applied.class);
    assertThat(outcomes.getLast()).isEqualTo(new Outcome.Duplicate(applied));
    assertThat(writer.call(call))
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Duplicate.class));
    assertThat(changesAfter(HOME, 0)).extracting(Change::seq).containsExactly(1L, 2L);
  }

  @Test
  void aRetryThatWouldBeAConflictByNowGetsItsFirstAnswer() {
    writer.apply(insert("a", "title", "one"));
    Write update = Write.update(key(), note("a"), fields()).expecting(1);
    Outcome.Applied applied = writer.apply(update);
    writer.apply(Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "three")));
    reopen();
    assertThat(writer.write(update))
        .isEqualTo(
            new Outcome.Duplicate(
                new Outcome.Applied(applied.id(), applied.seq(), applied.version(), null)));
    assertThat(store.head(HOME).seq()).isEqualTo(3);
  }

  @Test
  void keysOfDifferentPrincipalsAndScopesAreDifferentKeys() {
    Write mine = insert("a", "title", "one");
    writer.apply(mine);
    Caller other = new Caller(new PrincipalId("other"), TestWriter.OWNER.authority(), "test");
    Outcome elsewhere =
        writer.write(
            Write.insert(
                mine.key(), new EntityKey(AWAY, TestModels.NOTE, new EntityId("a")), fields()));
    assertThat(elsewhere).isInstanceOf(Outcome.Applied.class);
    assertThat(writer.write(other, mine)).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aKeyThatDiffersOnlyInCaseIsAnotherKey() {
    EntityKey a = note("a");
    writer.apply(Write.insert(new WriteKey("key"), a, fields()));
    assertThat(writer.write(Write.insert(new WriteKey("KEY"), note("A"), fields())))
        .isInstanceOf(Outcome.Applied.class);
    assertThat(store.state(HOME, null, ALL).entities()).hasSize(2);
  }

  @Test
  void aKeyThatIsItsEntitysIdIsAKeyLikeAnyOther() {
    Write own = Write.insert(new WriteKey("a"), note("a"), JsonObject.EMPTY.with("title", "one"));
    Write others = Write.insert(new WriteKey("b"), note("c"), JsonObject.EMPTY.with("title", "b"));
    Outcome.Applied applied = writer.apply(own);
    writer.apply(others);
    reopen();
    assertThat(writer.write(own)).isEqualTo(new Outcome.Duplicate(applied));
    assertThat(isReused(Write.insert(own.key(), note("d"), JsonObject.EMPTY))).isTrue();
    assertThat(isReused(Write.insert(others.key(), note("b"), JsonObject.EMPTY))).isTrue();
    assertThat(store.change(HOME, 1).orElseThrow().key()).isEqualTo(own.key());
    store.raiseFloor(HOME, 2, TestModels::ruleOf);
    reopen();
    assertThat(writer.write(own)).isEqualTo(new Outcome.Duplicate(applied));
    assertThat(isReused(Write.insert(others.key(), note("b"), JsonObject.EMPTY))).isTrue();
  }

  private boolean isReused(Write write) {
    return writer.write(write) instanceof Outcome.Refused refused
        && refused.fault().code() == FaultCode.KEY_REUSED;
  }

  @Test
  void theSameKeyWithAnotherWriteIsRefusedAfterReopening() {
    Write write = insert("a", "title", "one");
    writer.apply(write);
    reopen();
    Outcome reused = writer.write(Write.delete(write.key(), note("a")));
    assertThat(((Outcome.Refused) reused).fault().code()).isEqualTo(FaultCode.KEY_REUSED);
  }

  // Devices.

  @Test
  void noKeyThatAWriterChoosesIsThatOfTheChangeThatFoundsItsScope() {
    Caller founder = founder("founder");
    WriteHash hash = WriteHash.of(insert("a", "title", "one"));
    WriteKey foreseen = new WriteKey("grant/" + hash.high() + "/" + hash.low());
    Write write = Write.insert(foreseen, note("a"), JsonObject.EMPTY.with("title", "one"));
    writer.apply(founder, write);
    assertThat(changesAfter(HOME, 0)).extracting(Change::key).doesNotHaveDuplicates().hasSize(2);
    WriteKey foundings = changesAfter(HOME, 0).getFirst().key();
    for (int attempt = 0; attempt < 2; attempt++) {
      for (EntityKey entity :
          List.of(note("b"), new EntityKey(AWAY, TestModels.NOTE, new EntityId("b")))) {
        Outcome outcome = writer.write(founder, Write.insert(foundings, entity, fields()));
        assertThat(((Outcome.Refused) outcome).fault().code()).isEqualTo(FaultCode.KEY_REUSED);
      }
      reopen();
    }
    assertThat(writer.write(founder, write)).isInstanceOf(Outcome.Duplicate.class);
    assertThat(store.head(HOME).seq()).isEqualTo(2);
    assertThat(store.head(AWAY).seq()).isZero();
  }

  private static Caller founder(String principal) {
    Authority founding = new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false);
    return new Caller(new PrincipalId(principal), founding, "test");
  }

  @Test
  void aDeviceCountsOnAfterReopening() {
    DeviceId phone = new DeviceId("phone");
    writer.apply(insert("a", "t", "1").causedBy(new CausalClaim(phone, 1L, null)));
    writer.apply(insert("b", "t", "2").causedBy(new CausalClaim(phone, 2L, null)));
    reopen();
    Outcome gap = writer.write(insert("c", "t", "3").causedBy(new CausalClaim(phone, 2L, null)));
    assertThat(((Outcome.Refused) gap).fault().code()).isEqualTo(FaultCode.DEVICE_GAP);
    writer.apply(insert("c", "t", "3").causedBy(new CausalClaim(phone, 3L, null)));
    assertThat(store.change(HOME, 3).orElseThrow().cause().n()).isEqualTo(3);
  }

  @Test
  void theCountOfAWriteThatWasRefusedForGoodIsKeptToo() {
    DeviceId phone = new DeviceId("phone");
    Write stale = insert("a", "t", "1").expecting(7).causedBy(new CausalClaim(phone, 1L, null));
    assertThat(writer.write(stale)).isInstanceOf(Outcome.Conflict.class);
    reopen();
    writer.apply(insert("b", "t", "2").causedBy(new CausalClaim(phone, 2L, null)));
    assertThat(store.change(HOME, 1).orElseThrow().cause().n()).isEqualTo(2);
  }

  // Reading (K1).

  @Test
  void pagesAreBoundedByCount() {
    write(10);
    Reading.Page page = page(HOME, 0, new PageLimit(4, 1024 * 1024));
    assertThat(page.afterSeq()).isZero();
    assertThat(page.changes()).extracting(Change::seq).containsExactly(1L, 2L, 3L, 4L);
    assertThat(page.head().seq()).isEqualTo(10);
    assertThat(page.isUpToDate()).isFalse();
  }

  @Test
  void pagesAreBoundedByBytes() {
    for (int index = 0; index < 6; index++) {
      writer.apply(insert("a" + index, "text", "x".repeat(10_000)));
    }
    Reading.Page page = page(HOME, 0, new PageLimit(100, 35_000));
    assertThat(page.changes()).hasSizeBetween(1, 4);
  }

  @Test
  void pagesAreBoundedByTheBytesOfProofsToo() {
    for (int index = 0; index < 6; index++) {
      writer.apply(insert("a" + index, "text", "x").provenBy(bytes(10_000)));
    }
    Reading.Page page = page(HOME, 0, new PageLimit(100, 35_000));
    assertThat(page.changes()).extracting(Change::seq).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aPageHoldsAtLeastOneChangeHoweverLarge() {
    writer.apply(insert("a", "text", "x".repeat(50_000)));
    writer.apply(insert("b", "text", "x".repeat(50_000)));
    assertThat(page(HOME, 0, new PageLimit(100, 1)).changes()).hasSize(1);
  }

  @Test
  void pagesInARowGiveEverythingOnce() {
    writeInTwoScopes(25);
    for (int count : List.of(1, 3, 25, 100)) {
      List<Change> read = new ArrayList<>();
      Reading.Page page = page(HOME, 0, new PageLimit(count, 1024 * 1024));
      while (!page.changes().isEmpty()) {
        assertThat(page.afterSeq()).isEqualTo(read.size());
        read.addAll(page.changes());
        page = page(HOME, read.getLast().id(), new PageLimit(count, 1024 * 1024));
      }
      assertThat(page.isUpToDate()).isTrue();
      assertThat(read).isEqualTo(changesAfter(HOME, 0)).hasSize(25);
    }
  }

  @Test
  void aCursorBetweenTwoChangesStandsAtTheEarlierOne() {
    writeInTwoScopes(3);
    long second = store.change(HOME, 2).orElseThrow().id();
    long between = store.change(AWAY, 2).orElseThrow().id();
    assertThat(between).isGreaterThan(second);

    Reading.Page page = page(HOME, between, ALL);
    assertThat(page.afterSeq()).isEqualTo(2);
    assertThat(page.changes()).extracting(Change::seq).containsExactly(3L);
  }

  @Test
  void aCursorAtTheHeadIsUpToDate() {
    write(3);
    Reading.Page page = page(HOME, store.head(HOME).id(), ALL);
    assertThat(page.changes()).isEmpty();
    assertThat(page.afterSeq()).isEqualTo(3);
    assertThat(page.isUpToDate()).isTrue();
  }

  @Test
  void aCursorBeyondTheHeadRefetches() {
    write(3);
    long beyond = store.head(HOME).id() + 1;
    assertThat(store.read(HOME, beyond, ALL)).isEqualTo(refetch(RefetchReason.CURSOR_AHEAD));
    assertThat(store.read(AWAY, 1, ALL)).isEqualTo(refetch(RefetchReason.CURSOR_AHEAD));
  }

  @Test
  void aPrincipalsMembershipsAreTheScopesThatGrantItSomethingPageByPage() {
    PrincipalId ann = new PrincipalId("ann");
    for (int number = 1; number <= 5; number++) {
      ScopeName scope = new ScopeName("chat:" + number);
      String right = number == 2 ? "none" : number == 4 ? "admin" : "read";
      writer.apply(
          Write.insert(
              new WriteKey("g" + number),
              EntityKey.grant(scope, ann),
              JsonObject.EMPTY.with("right", right)));
    }
    writer.apply(Write.delete(new WriteKey("d"), EntityKey.grant(new ScopeName("chat:5"), ann)));

    List<Membership> first = store.memberships(ann, null, 2);
    List<Membership> rest = store.memberships(ann, first.getLast().scope(), 2);

    assertThat(first).extracting(each -> each.scope().text()).containsExactly("chat:1", "chat:3");
    assertThat(rest).extracting(Membership::right).containsExactly(Right.ADMIN);
    assertThat(store.memberships(new PrincipalId("bob"), null, 2)).isEmpty();
  }

  @Test
  void headsComeInTheOrderOfTheirNamesPageByPage() {
    for (String text : List.of("org:b", "chat:z", "org:a", "user:1", "chat:a")) {
      ScopeName scope = new ScopeName(text);
      writer.apply(
          Write.insert(key(), new EntityKey(scope, TestModels.NOTE, new EntityId("x")), fields()));
    }
    List<String> names = new ArrayList<>();
    List<ScopeHead> heads = store.heads(null, 2);
    while (!heads.isEmpty()) {
      assertThat(heads).hasSizeLessThanOrEqualTo(2);
      heads.forEach(head -> names.add(head.scope().text()));
      heads = store.heads(heads.getLast().scope(), 2);
    }
    assertThat(names).containsExactly("chat:a", "chat:z", "org:a", "org:b", "user:1");
  }

  // Snapshots.

  @Test
  void aSnapshotHoldsLivingEntitiesByModelAndId() {
    writer.apply(insert("b", "t", "1"));
    writer.apply(insert("a", "t", "2"));
    writer.apply(marker(4));
    writer.apply(insert("c", "t", "3"));
    writer.apply(Write.delete(key(), note("c")));

    assertThat(ids(store.snapshot(HOME, Set.of(), null, ALL)))
        .containsExactly("marker/m", "note/a", "note/b");
    assertThat(ids(store.snapshot(HOME, Set.of(TestModels.NOTE), null, ALL)))
        .containsExactly("note/a", "note/b");
    assertThat(ids(store.snapshot(HOME, Set.of(TestModels.EVENT), null, ALL))).isEmpty();
    assertThat(ids(store.state(HOME, null, ALL)))
        .containsExactly("marker/m", "note/a", "note/b", "note/c");
  }

  @Test
  void snapshotPagesInARowGiveEveryEntityOnce() {
    for (int index = 0; index < 20; index++) {
      writer.apply(insert("e" + index, "t", "1"));
      writer.apply(
          Write.insert(
              key(),
              new EntityKey(HOME, TestModels.PAYMENT, new EntityId("é/ %\uD83D\uDE00" + index)),
              fields()));
    }
    writer.apply(Write.delete(key(), note("e7")));
    Set<ModelName> all = Set.of();
    Set<ModelName> notes = Set.of(TestModels.NOTE);
    for (int count : List.of(1, 7, 20, 1000)) {
      PageLimit limit = new PageLimit(count, 1024 * 1024);
      assertThat(collect(after -> store.snapshot(HOME, all, after, limit), count))
          .hasSize(39)
          .doesNotHaveDuplicates();
      assertThat(collect(after -> store.snapshot(HOME, notes, after, limit), count))
          .hasSize(19)
          .doesNotHaveDuplicates();
      assertThat(collect(after -> store.state(HOME, after, limit), count))
          .hasSize(40)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void snapshotPagesAreBoundedByBytes() {
    for (int index = 0; index < 6; index++) {
      writer.apply(insert("a" + index, "text", "x".repeat(10_000)));
    }
    SnapshotPage page = store.snapshot(HOME, Set.of(), null, new PageLimit(100, 35_000));
    assertThat(page.entities()).hasSizeBetween(1, 4);
    assertThat(page.next()).isNotNull();
    assertThat(store.snapshot(HOME, Set.of(), null, new PageLimit(100, 1)).entities()).hasSize(1);
  }

  @Test
  void aSnapshotGoesOnBehindAnEntityThatIsMuchLargerThanItsPage() {
    writer.apply(insert("a", "text", "x".repeat(50_000)));
    write(3);
    PageLimit limit = new PageLimit(100, 1000);
    SnapshotPage first = store.snapshot(HOME, Set.of(), null, limit);
    assertThat(first.entities()).hasSize(1);
    assertThat(first.next()).isNotNull();
    assertThat(store.snapshot(HOME, Set.of(), first.next(), ALL).entities()).hasSize(3);
  }

  // The floor.

  @Test
  void raisingTheFloorDropsChangesAndKeepsTheirFold() {
    writer.apply(insert("a", "t", "1"));
    writer.apply(insert("b", "t", "2"));
    writer.apply(Write.delete(key(), note("a")));
    writer.apply(Write.update(key(), note("b"), JsonObject.EMPTY.with("t", "3")));
    long floorId = store.change(HOME, 3).orElseThrow().id();
    List<Entity> state = store.state(HOME, null, ALL).entities();

    assertThat(raise(3)).isEqualTo(3);

    assertThat(store.head(HOME))
        .isEqualTo(new ScopeHead(HOME, 4, store.change(HOME, 4).orElseThrow().id(), 3, floorId));
    assertThat(store.change(HOME, 3)).isEmpty();
    assertThat(store.state(HOME, null, ALL).entities()).isEqualTo(state);
    List<Entity> floor = store.floor(HOME, null, ALL).entities();
    assertThat(floor).extracting(Entity::deleted).containsExactly(true, false);
    assertThat(floor.get(1).data()).isEqualTo(JsonObject.EMPTY.with("t", "2"));
  }

  @Test
  void aCursorBelowTheFloorRefetchesAndOneAtTheFloorReadsOn() {
    write(6);
    long fourth = store.change(HOME, 4).orElseThrow().id();
    raise(4);
    assertThat(store.read(HOME, 0, ALL)).isEqualTo(refetch(RefetchReason.CURSOR_BEHIND_RETENTION));
    assertThat(store.read(HOME, fourth - 1, ALL))
        .isEqualTo(refetch(RefetchReason.CURSOR_BEHIND_RETENTION));
    Reading.Page page = page(HOME, fourth, ALL);
    assertThat(page.afterSeq()).isEqualTo(4);
    assertThat(page.changes()).extracting(Change::seq).containsExactly(5L, 6L);
  }

  @Test
  void theFloorMayBeRaisedToTheHeadAndWritingGoesOn() {
    write(3);
    assertThat(raise(3)).isEqualTo(3);
    long headId = store.head(HOME).id();
    assertThat(page(HOME, headId, ALL).isUpToDate()).isTrue();
    writer.apply(insert("later", "t", "1"));
    Reading.Page page = page(HOME, headId, ALL);
    assertThat(page.afterSeq()).isEqualTo(3);
    assertThat(page.changes()).extracting(Change::seq).containsExactly(4L);
  }

  private static final EntityKey DRAWING =
      new EntityKey(HOME, TestModels.DOCUMENT, new EntityId("drawing"));

  private static Bytes members(int... members) {
    byte[] bytes = new byte[members.length];
    for (int index = 0; index < members.length; index++) {
      bytes[index] = (byte) members[index];
    }
    return Bytes.of(bytes);
  }

  private Bytes drawing() {
    return Objects.requireNonNull(
        DocumentTrail.of(store, DRAWING, 0).orElseThrow().state(new SetUnionMerge()));
  }

  @Test
  void aDocumentsStateStandsInTheLogAndNotInItsRow() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    writer.apply(insert("between", "t", "1"));
    writer.apply(Write.merge(key(), DRAWING, members(1)));

    assertThat(store.entity(DRAWING).orElseThrow().body()).isNull();
    assertThat(store.entity(DRAWING).orElseThrow().version()).isEqualTo(2);
    assertThat(drawing()).isEqualTo(members(1, 3));
  }

  @Test
  void aTrailIsReadInPagesFromTheNewestBack() {
    for (int member = 1; member <= 5; member++) {
      writer.apply(Write.merge(key(), DRAWING, members(member)));
      writer.apply(insert("between" + member, "t", "1"));
    }

    assertThat(seqs(9, 0, new PageLimit(100, 100_000))).containsExactly(9L, 7L, 5L, 3L, 1L);
    assertThat(seqs(9, 3, new PageLimit(100, 100_000))).containsExactly(9L, 7L, 5L);
    assertThat(seqs(7, 0, new PageLimit(2, 100_000))).containsExactly(7L, 5L);
    assertThat(seqs(9, 0, new PageLimit(100, 1))).containsExactly(9L);
    assertThat(seqs(9, 9, new PageLimit(100, 100_000))).isEmpty();
    assertThat(seqs(90, 0, new PageLimit(100, 100_000))).isEmpty();
    raise(4);
    assertThat(seqs(9, 0, new PageLimit(100, 100_000))).containsExactly(9L, 7L, 5L);
  }

  @Test
  void aTrailsPagesAreBoundedByTheBytesOfProofsToo() {
    for (int member = 1; member <= 6; member++) {
      writer.apply(Write.merge(key(), DRAWING, members(member)).provenBy(bytes(10_000)));
    }
    assertThat(seqs(6, 0, new PageLimit(100, 35_000))).containsExactly(6L, 5L, 4L);
  }

  private List<Long> seqs(long seq, long downToSeq, PageLimit limit) {
    return store.trail(HOME, seq, downToSeq, limit).stream().map(Change::seq).toList();
  }

  @Test
  void aFoldedStateShortensTheTrailAndLosesNothingThatCameMeanwhile() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    Folded folded = new Folded(1, members(3));
    writer.apply(Write.merge(key(), DRAWING, members(1)));
    store.keepFolded(DRAWING, folded);

    assertThat(store.folded(DRAWING)).contains(folded);
    assertThat(DocumentTrail.of(store, DRAWING, 0).orElseThrow().updates())
        .containsExactly(members(1));
    assertThat(drawing()).isEqualTo(members(1, 3));
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void aDocumentWeighsItsFoldedStateAndTheUpdatesBehindIt() {
    assertThat(store.weigh(DRAWING)).isEqualTo(DocumentWeight.NOTHING);
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    writer.apply(Write.merge(key(), DRAWING, members(1)));
    assertThat(store.weigh(DRAWING)).isEqualTo(weight());
    assertThat(store.weigh(DRAWING).updates()).isEqualTo(2);
    store.keepFolded(DRAWING, new Folded(2, members(1, 3)));
    assertThat(store.weigh(DRAWING))
        .isEqualTo(new DocumentWeight(members(1, 3).size(), 0, 0))
        .isEqualTo(weight());
    writer.apply(Write.merge(key(), DRAWING, members(7)));
    assertThat(store.weigh(DRAWING).updates()).isEqualTo(1);
    assertThat(store.weigh(DRAWING)).isEqualTo(weight());
    writer.apply(Write.delete(key(), DRAWING));
    assertThat(store.weigh(DRAWING)).isEqualTo(DocumentWeight.NOTHING);
    writer.apply(Write.merge(key(), DRAWING, members(9)));
    assertThat(store.weigh(DRAWING))
        .isEqualTo(new DocumentWeight(0, 1, members(9).size()))
        .isEqualTo(weight());
    raise(3);
    assertThat(store.weigh(DRAWING)).isEqualTo(weight());
  }

  private DocumentWeight weight() {
    return DocumentTrail.of(store, DRAWING, 0).orElseThrow().weight();
  }

  @Test
  void theRulesThatWereKeptLastAreKnown() {
    assertThat(store.rules()).isEmpty();
    store.keepRules(Map.of(DRAWING.model(), "document", TestModels.NOTE, "causal (latest)"));
    store.keepRules(Map.of(DRAWING.model(), "document"));
    assertThat(store.rules()).isEqualTo(Map.of(DRAWING.model(), "document"));
  }

  @Test
  void anOlderFoldedStateDoesNotReplaceANewerOne() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    writer.apply(Write.merge(key(), DRAWING, members(1)));
    store.keepFolded(DRAWING, new Folded(2, members(1, 3)));
    store.keepFolded(DRAWING, new Folded(1, members(3)));

    assertThat(store.folded(DRAWING)).contains(new Folded(2, members(1, 3)));
  }

  @Test
  void aDocumentOutlivesTheFloor() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    store.keepFolded(DRAWING, new Folded(1, members(3)));
    writer.apply(Write.merge(key(), DRAWING, members(1)));
    writer.apply(Write.merge(key(), DRAWING, members(7)));
    raise(2);

    assertThat(store.folded(DRAWING)).contains(new Folded(2, members(1, 3)));
    assertThat(drawing()).isEqualTo(members(1, 3, 7));
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void aDocumentBegunAnewForgetsWhatWasFoldedBefore() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    store.keepFolded(DRAWING, new Folded(1, members(3)));
    writer.apply(Write.delete(key(), DRAWING));
    writer.apply(Write.merge(key(), DRAWING, members(1)));

    assertThat(drawing()).isEqualTo(members(1));
    assertThat(DocumentTrail.of(store, DRAWING, 1).orElseThrow().isWhole()).isTrue();
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void aDocumentBegunAnewIsReadThoughItsDeletionIsNoLongerRetained() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    writer.apply(Write.delete(key(), DRAWING));
    writer.apply(insert("between", "t", "1"));
    writer.apply(Write.merge(key(), DRAWING, members(1)));
    raise(3);

    assertThat(store.folded(DRAWING)).contains(new Folded(2, null));
    assertThat(drawing()).isEqualTo(members(1));
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
  }

  @Test
  void aFoldedStateThatIsNotTheFoldIsFound() {
    writer.apply(Write.merge(key(), DRAWING, members(3)));
    store.keepFolded(DRAWING, new Folded(1, members(4)));

    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isNotEmpty();
  }

  @Test
  void theFloorIsNeverLowered() {
    write(5);
    raise(4);
    ScopeHead head = store.head(HOME);
    assertThat(raise(2)).isZero();
    assertThat(raise(4)).isZero();
    assertThat(store.head(HOME)).isEqualTo(head);
    assertThat(raise(5)).isEqualTo(1);
  }

  @Test
  void keysOfDroppedChangesAreRemembered() {
    Write write = insert("a", "title", "one");
    Outcome.Applied first = writer.apply(write);
    writer.apply(Write.update(key(), note("a"), fields()));
    raise(2);
    reopen();
    assertThat(writer.write(write))
        .isEqualTo(
            new Outcome.Duplicate(
                new Outcome.Applied(first.id(), first.seq(), first.version(), null)));
    Outcome reused = writer.write(Write.delete(write.key(), note("a")));
    assertThat(((Outcome.Refused) reused).fault().code()).isEqualTo(FaultCode.KEY_REUSED);
    assertThat(store.head(HOME).seq()).isEqualTo(2);
  }

  /// As in logs of earlier servers, whose founding changes had keys that a writer could use up.
  @Test
  void theFloorIsRaisedOverAChangeWhoseKeyAnAnswerHadUsedUp() {
    Write write = insert("a", "title", "one");
    Commit call = Commit.of(TestWriter.OWNER, write);
    Remembered used =
        new Remembered(
            new Remembered.Name(HOME, TestWriter.OWNER.principal(), write.key()),
            new WriteHash(1, 2),
            Outcome.refused(FaultCode.ABSENT, "not there"));
    store.commit(
        new Sequencer(TestModels.ALL).lookups(List.of(call)),
        loaded -> {
          Effects made =
              new Sequencer(TestModels.ALL)
                  .decide(loaded, List.of(call), TestWriter.START_MILLIS)
                  .effects();
          return new Effects(
              made.headId(),
              made.headHlc(),
              made.logged(),
              made.entities(),
              List.of(used),
              made.devices(),
              made.scopes());
        });
    assertThat(raise(1)).isEqualTo(1);
    assertThat(store.head(HOME).floorSeq()).isEqualTo(1);
  }

  @Test
  void floorPagesInARowGiveEveryEntityOnce() {
    write(20);
    writer.apply(Write.delete(key(), note("n3")));
    raise(21);
    PageLimit limit = new PageLimit(6, 1024 * 1024);
    assertThat(collect(after -> store.floor(HOME, after, limit), 6))
        .hasSize(20)
        .doesNotHaveDuplicates();
  }

  // State = fold of the log (K4).

  @Test
  void stateIsTheFoldOfTheLogWhateverWasWrittenAndWhereverTheFloorIs() {
    Random seeded = new Random(4);
    WriteGenerator generator = new WriteGenerator(seeded, "g");
    for (int batch = 0; batch < 60; batch++) {
      List<Commit> calls = new ArrayList<>();
      for (int call = seeded.nextInt(4); call >= 0; call--) {
        List<Write> writes = new ArrayList<>();
        for (int write = seeded.nextInt(3); write >= 0; write--) {
          writes.add(generator.next(seeded.nextBoolean() ? HOME : AWAY));
        }
        calls.add(new Commit(TestWriter.OWNER, writes, seeded.nextInt(4) == 0));
      }
      writer.batch(calls);
      writer.pass(seeded.nextInt(3));
      if (batch % 20 == 19) {
        raise(store.head(HOME).seq() / 2);
      }
    }
    FoldCheck check = new FoldCheck(store, TestModels.ALL);
    assertThat(check.everything()).isEmpty();
    reopen();
    assertThat(new FoldCheck(store, TestModels.ALL).everything()).isEmpty();
    assertThat(store.head(HOME).seq()).isGreaterThan(20);
  }

  // What everybody has in the log.

  @Test
  void whatPrincipalsHaveIsTheSumOfWhatTheLogSaysOfTheirs() {
    Caller ann = new Caller(new PrincipalId("ann"), Authority.OWNER, "test");
    Bytes proof = Bytes.of(("{\"id\":\"" + "0a".repeat(500) + "\",\"ü\":1}").getBytes(UTF_8));
    assertThat(proof.size()).isEqualTo(1016);
    writer.apply(ann, insert("a", "title", "ü").provenBy(proof)); // {"title":"ü"} has 14 bytes
    writer.apply(ann, Write.merge(key(), DRAWING, members(1, 2, 3)));
    writer.apply(ann, Write.delete(key(), note("a")));
    writer.apply(insert("b", "title", "b"));
    PrincipalId owner = TestWriter.OWNER.principal();
    assertThat(store.holdings())
        .isEqualTo(
            Map.of(ann.principal(), new Holding(2, 1016 + 14 + 3), owner, new Holding(1, 13)));
    assertThat(store.holdings(HOME, 1))
        .isEqualTo(Map.of(ann.principal(), new Holding(1, 1016 + 14)));
    assertThat(store.holdings(AWAY, 9)).isEmpty();

    writer.apply(Write.delete(key(), note("a")).erasing(Set.of()).expecting(0));
    assertThat(store.holdings().get(ann.principal())).isEqualTo(new Holding(1, 3));
    assertThat(said(store.trailHoldings(HOME, 1))).isEmpty();
    raise(2);
    assertThat(said(store.holdings())).isEqualTo(Map.of(owner, new Holding(1, 13)));
  }

  @Test
  void whatAnEntitysChangesHoldIsWhatAnErasureWouldBlank() {
    Caller ann = new Caller(new PrincipalId("ann"), Authority.OWNER, "test");
    PrincipalId owner = TestWriter.OWNER.principal();
    writer.apply(ann, insert("a", "title", "a"));
    writer.apply(insert("b", "title", "no matter"));
    writer.apply(Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "ab")));
    Bytes proof = Bytes.of("0a".repeat(500).getBytes(UTF_8));
    writer.apply(
        ann, Write.update(key(), note("a"), JsonObject.EMPTY.with("title", "abc")).provenBy(proof));
    Holding written = new Holding(2, 13 + 15 + 1000);
    assertThat(store.trailHoldings(HOME, 4))
        .isEqualTo(Map.of(ann.principal(), written, owner, new Holding(1, 14)));
    assertThat(store.trailHoldings(HOME, 3))
        .isEqualTo(Map.of(ann.principal(), new Holding(1, 13), owner, new Holding(1, 14)));
    assertThat(store.trailHoldings(AWAY, 4)).isEmpty();

    writer.apply(Write.delete(key(), note("a")).erasing(Set.of(ann.principal())));
    assertThat(said(store.trailHoldings(HOME, 5))).isEqualTo(Map.of(owner, new Holding(1, 14)));
    writer.write(Write.delete(key(), note("a")).erasing(Set.of()));
    assertThat(said(store.trailHoldings(HOME, 5))).isEmpty();
    writer.apply(ann, insert("a", "title", "again"));
    assertThat(said(store.trailHoldings(HOME, 6)))
        .isEqualTo(Map.of(ann.principal(), new Holding(1, 17)));
    raise(6);
    assertThat(store.trailHoldings(HOME, 6)).isEmpty();
  }

  @Test
  void whatBatchesMovedIsWhatIsFoundWhateverWasWrittenErasedAndFoldedAway() {
    Random seeded = new Random(7);
    WriteGenerator generator = new WriteGenerator(seeded, "q");
    TestWriter counting = new TestWriter(store, TestModels.ALL, new Quota(25, 1_000));
    int refused = 0;
    for (int batch = 0; batch < 120; batch++) {
      List<Commit> calls = new ArrayList<>();
      for (int call = seeded.nextInt(4); call >= 0; call--) {
        List<Write> writes = new ArrayList<>();
        for (int write = seeded.nextInt(3); write >= 0; write--) {
          writes.add(perhapsErasing(seeded, generator.next(seeded.nextBoolean() ? HOME : AWAY)));
        }
        calls.add(new Commit(writing(seeded.nextInt(3)), writes, seeded.nextInt(4) == 0));
      }
      refused +=
          (int)
              counting.batch(calls).stream()
                  .flatMap(List::stream)
                  .filter(outcome ->
                      outcome instanceof Outcome.Refused(Fault fault)
                          && fault.code() == FaultCode.QUOTA)
                  .count();
      counting.pass(seeded.nextInt(3));
      if (batch % 20 == 19) {
        long floor = store.head(HOME).seq() / 2;
        counting.gone(store.holdings(HOME, floor));
        raise(floor);
      }
      assertThat(counting.held()).as("batch %s", batch).isEqualTo(said(store.holdings()));
    }
    assertThat(refused).isPositive();
    reopen();
    assertThat(said(store.holdings())).isEqualTo(counting.held());
  }

  /// Without those who have nothing.
  private static Map<PrincipalId, Holding> said(Map<PrincipalId, Holding> held) {
    Map<PrincipalId, Holding> some = new HashMap<>(held);
    some.values().removeIf(Holding.NOTHING::equals);
    return some;
  }

  /// The owner, or one of two in scopes of their own.
  private static Caller writing(int which) {
    return which == 0
        ? TestWriter.OWNER
        : new Caller(
            new PrincipalId("writer" + which),
            new Authority(
                List.of(ScopePattern.EVERY), Right.ADMIN, true, false, Set.of(HOME, AWAY)),
            "test");
  }

  private static Write perhapsErasing(Random seeded, Write write) {
    return switch (seeded.nextInt(6)) {
      case 0 -> write.erasing(Set.of());
      case 1 -> write.erasing(Set.of(new PrincipalId("writer1")));
      default -> write;
    };
  }

  // Reading back exactly.

  @Test
  void everyFieldOfAChangeComesBackAsItWent() {
    JsonObject data = awkward();
    Bytes body = bytes(300);
    Bytes proof = bytes(256);
    EntityKey document = new EntityKey(HOME, TestModels.DOCUMENT, new EntityId("d"));
    CausalClaim claim = new CausalClaim(new DeviceId("phöne\uD83D\uDE00"), null, null);
    Write first =
        Write.insert(new WriteKey("ключ"), note("a"), data).causedBy(claim).provenBy(proof);
    Write second = Write.merge(key(), document, body).at(Hlc.ofMillis(7) + 3);
    writer.apply(first);
    writer.apply(second);
    List<Change> before = changesAfter(HOME, 0);
    reopen();

    assertThat(changesAfter(HOME, 0)).isEqualTo(before);
    Change change = store.change(HOME, 1).orElseThrow();
    assertThat(Objects.requireNonNull(change.data()).text()).isEqualTo(data.text());
    assertThat(change.proof()).isEqualTo(proof);
    assertThat(change.cause().device()).isEqualTo(claim.device());
    assertThat(change.key()).isEqualTo(new WriteKey("ключ"));
    assertThat(change.author()).isEqualTo(TestWriter.OWNER.principal());
    assertThat(change.origin()).isEqualTo("test");
    Change merge = store.change(HOME, 2).orElseThrow();
    assertThat(merge.body()).isEqualTo(body);
    assertThat(merge.data()).isNull();
    assertThat(merge.hlc()).isEqualTo(Hlc.ofMillis(7) + 3);
  }

  @Test
  void everyFieldOfAnEntityComesBackAsItWent() {
    writer.apply(Write.insert(key(), note("a"), awkward()));
    EntityKey message = new EntityKey(HOME, TestModels.MESSAGE, new EntityId("m"));
    for (String device : List.of("one", "two")) {
      CausalClaim claim = new CausalClaim(new DeviceId(device), null, 0L);
      JsonObject text = JsonObject.EMPTY.with("text", device);
      writer.apply(Write.insert(key(), message, text).causedBy(claim));
    }
    writer.apply(
        Write.merge(key(), new EntityKey(HOME, TestModels.DOCUMENT, new EntityId("d")), bytes(9)));
    List<Entity> before = store.state(HOME, null, ALL).entities();
    reopen();

    assertThat(store.state(HOME, null, ALL).entities()).isEqualTo(before);
    Entity note = store.entity(note("a")).orElseThrow();
    assertThat(note.data().text()).isEqualTo(awkward().withoutNulls().text());
    assertThat(Sibling.of(store.entity(message).orElseThrow())).hasSize(2);
  }

  @Test
  void theLongestNamesFit() {
    ScopeName scope = new ScopeName("s" + "c".repeat(31) + ":" + "ü".repeat(100));
    EntityKey entity =
        new EntityKey(scope, new ModelName("M" + "m".repeat(63)), new EntityId("é".repeat(256)));
    CausalClaim claim = CausalClaim.of(new DeviceId("d".repeat(200)));
    Write write = Write.insert(new WriteKey("k".repeat(200)), entity, fields()).causedBy(claim);
    writer.apply(write);
    reopen();
    assertThat(store.entity(entity)).isPresent();
    assertThat(writer.write(write)).isInstanceOf(Outcome.Duplicate.class);
    assertThat(ids(store.snapshot(scope, Set.of(), null, new PageLimit(1, 1)))).hasSize(1);
  }

  // Opening and closing.

  @Test
  void everythingIsThereAfterReopening() {
    writeInTwoScopes(10);
    List<ScopeHead> heads = store.heads(null, 10);
    List<Change> changes = changesAfter(HOME, 0);
    List<Entity> state = store.state(HOME, null, ALL).entities();
    reopen();
    assertThat(store.heads(null, 10)).isEqualTo(heads);
    assertThat(changesAfter(HOME, 0)).isEqualTo(changes);
    assertThat(store.state(HOME, null, ALL).entities()).isEqualTo(state);
    Outcome.Applied next = writer.apply(insert("next", "t", "1"));
    assertThat(next.seq()).isEqualTo(11);
    assertThat(next.id()).isGreaterThan(heads.getFirst().id()).isGreaterThan(heads.getLast().id());
  }

  @Test
  void saysWhereItsLogEndsClosedOrOpenedAgain() {
    assertThat(store.end()).isEqualTo(new LogEnd(0, 0, null));
    write(3);
    LogEnd end = store.end();
    assertThat(end.id()).isEqualTo(store.head(HOME).id());
    assertThat(end.hash()).isNotNull();
    Store before = store;
    reopen();
    assertThat(before.end()).isEqualTo(end);
    assertThat(store.end()).isEqualTo(end);
  }

  @Test
  void turnsASecondOwnerAway() {
    StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> open().close());
    assertThat(failure).isNotNull();
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.LOCKED);
    writer.apply(insert("a", "t", "1"));
  }

  @Test
  void aClosedStoreFails() {
    store.close();
    assertThatThrownBy(() -> store.head(HOME)).isInstanceOf(StoreFailure.class);
    store.close();
  }

  // Epochs.

  @Test
  void aRestoreBeginsTheNextEpochAndForgetsWhatCameAfterTheBackup() {
    write(3);
    long restored = store.head(HOME).id();
    store.close();
    restore();
    use(open());

    assertThat(store.epoch()).isEqualTo(1);
    assertThat(page(HOME, restored, ALL).isUpToDate()).isTrue();
    assertThat(store.read(HOME, restored + 1, ALL)).isEqualTo(refetch(RefetchReason.EPOCH));
    Outcome.Applied next = writer.apply(insert("next", "t", "1"));
    assertThat(next.seq()).isEqualTo(4);
    assertThat(next.id()).isBetween((1L << 40) + 1, 2L << 40);
    assertThat(store.read(HOME, restored + 1, ALL)).isEqualTo(refetch(RefetchReason.EPOCH));
    assertThat(page(HOME, restored, ALL).changes()).extracting(Change::seq).containsExactly(4L);
    assertThat(store.read(HOME, next.id() + 1, ALL)).isEqualTo(refetch(RefetchReason.CURSOR_AHEAD));
    reopen();
    assertThat(store.epoch()).isEqualTo(1);
    assertThat(store.read(HOME, restored + 1, ALL)).isEqualTo(refetch(RefetchReason.EPOCH));
  }

  // Helpers of the exam, open to subclasses that add questions of their own.

  /// A key never used before in this test.
  protected final WriteKey key() {
    return new WriteKey("key-" + keys++);
  }

  /// A note in [#HOME].
  protected static EntityKey note(String id) {
    return new EntityKey(HOME, TestModels.NOTE, new EntityId(id));
  }

  /// An insert of a note with one text field.
  protected final Write insert(String id, String field, String value) {
    return Write.insert(key(), note(id), JsonObject.EMPTY.with(field, value));
  }

  /// Commits so many notes, each as a batch of its own.
  protected final void write(int notes) {
    for (int index = 0; index < notes; index++) {
      writer.apply(insert("n" + index, "t", "v" + index));
    }
  }

  private void writeInTwoScopes(int notes) {
    for (int index = 0; index < notes; index++) {
      writer.apply(insert("n" + index, "t", "v" + index));
      EntityKey away = new EntityKey(AWAY, TestModels.NOTE, new EntityId("n" + index));
      writer.apply(Write.insert(key(), away, fields()));
    }
  }

  /// Every change of a scope after a cursor.
  protected final List<Change> changesAfter(ScopeName scope, long afterId) {
    return page(scope, afterId, ALL).changes();
  }

  private Reading.Page page(ScopeName scope, long afterId, PageLimit limit) {
    return (Reading.Page) store.read(scope, afterId, limit);
  }

  private long raise(long seq) {
    return store.raiseFloor(HOME, seq, TestModels::ruleOf);
  }

  private void look(Needs needs, Consumer<Loaded> look) {
    AtomicReference<Loaded> last = new AtomicReference<>();
    store.commit(
        needs,
        loaded -> {
          last.set(loaded); // a store may ask again when it finds that a key was used
          return new Effects(
              loaded.headId(),
              loaded.headHlc(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of());
        });
    look.accept(last.get());
  }

  private Write marker(long value) {
    EntityKey marker = new EntityKey(HOME, TestModels.MARKER, new EntityId("m"));
    return Write.insert(key(), marker, JsonObject.EMPTY.with("read", value));
  }

  private static Remembered.Name name(String key) {
    return new Remembered.Name(HOME, TestWriter.OWNER.principal(), new WriteKey(key));
  }

  private static JsonObject fields() {
    return JsonObject.EMPTY.with("t", "x");
  }

  private static Reading refetch(RefetchReason reason) {
    return new Reading.Refetch(reason);
  }

  private static Bytes bytes(int count) {
    byte[] bytes = new byte[count];
    for (int index = 0; index < count; index++) {
      bytes[index] = (byte) index;
    }
    return Bytes.of(bytes);
  }

  private static JsonObject awkward() {
    return JsonObject.EMPTY
        .with("zebra", "first, though last in the alphabet")
        .with("number", new JsonNumber("1.50e+10"))
        .with("large", new JsonNumber("12345678901234567890"))
        .with("minus zero", new JsonNumber("-0"))
        .with("null", JsonNull.NULL)
        .with("true", JsonBoolean.TRUE)
        .with("text", "quote \" backslash \\ line\n tab\t bell\u0007 é \uD83D\uDE00")
        .with("", "a field without a name")
        .with(
            "list",
            new JsonArray(
                List.of(new JsonString(""), JsonNull.NULL, JsonObject.of("b", JsonObject.EMPTY))))
        .with("apple", JsonObject.EMPTY);
  }

  private static List<String> ids(SnapshotPage page) {
    return page.entities().stream()
        .map(entity -> entity.key().model() + "/" + entity.key().id())
        .toList();
  }

  private static List<EntityKey> collect(
      Function<SnapshotPage.@Nullable Place, SnapshotPage> pages, int countMax) {
    List<EntityKey> keys = new ArrayList<>();
    Optional<SnapshotPage.Place> after = Optional.empty();
    do {
      SnapshotPage page = pages.apply(after.orElse(null));
      assertThat(page.entities()).hasSizeLessThanOrEqualTo(countMax);
      page.entities().forEach(entity -> keys.add(entity.key()));
      after = Optional.ofNullable(page.next());
    } while (after.isPresent());
    return keys;
  }
}
