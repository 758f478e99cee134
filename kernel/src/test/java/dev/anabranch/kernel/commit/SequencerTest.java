package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.OWNER;
import static dev.anabranch.kernel.commit.Desk.SCOPE;
import static dev.anabranch.kernel.commit.Desk.applied;
import static dev.anabranch.kernel.commit.Desk.note;
import static dev.anabranch.kernel.commit.Desk.refusal;
import static dev.anabranch.kernel.commit.Desk.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.GreatestRule;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Order, keys, versions and time: K1, K2, K9.
final class SequencerTest {

  private static final ModelName MARKER = new ModelName("marker");
  private static final ModelName EVENT = new ModelName("event");

  private final Desk desk =
      new Desk(
          new Models(
              List.of(Model.of(MARKER, new GreatestRule()), Model.of(EVENT, new NewestRule())),
              Map.of()));

  // K1: order.

  @Test
  void seqsAreDensePerScopeAndIdsRiseOverAll() {
    ScopeName other = new ScopeName("org:2");
    Write elsewhere =
        Write.insert(desk.key(), new EntityKey(other, EVENT, new EntityId("e")), text("e"));
    desk.call(false, desk.insert("a"), elsewhere, desk.insert("b"));
    desk.write(desk.insert("c"));

    assertThat(desk.log).extracting(Change::id).containsExactly(1L, 2L, 3L, 4L);
    assertThat(desk.log).extracting(Change::seq).containsExactly(1L, 1L, 2L, 3L);
    assertThat(desk.heads.get(SCOPE)).isEqualTo(new ScopeHead(SCOPE, 3, 4, 0, 0));
    assertThat(desk.heads.get(other)).isEqualTo(new ScopeHead(other, 1, 2, 0, 0));
  }

  @Test
  void aRefusedWriteTakesNoIdAndNoSeq() {
    desk.call(false, desk.insert("a"), desk.insert("b").expecting(7), desk.insert("c"));
    assertThat(desk.log).extracting(Change::seq).containsExactly(1L, 2L);
    assertThat(desk.log).extracting(Change::id).containsExactly(1L, 2L);
  }

  @Test
  void aChangePointsToTheEntitysChangeBefore() {
    desk.call(false, desk.insert("a"), desk.insert("b"), desk.insert("a"));
    assertThat(desk.log).extracting(Change::prior).containsExactly(0L, 0L, 1L);
    assertThat(desk.log).extracting(Change::version).containsExactly(1L, 1L, 2L);
  }

  @Test
  void anEmptyDecisionWritesNothing() {
    Write write = desk.insert("a");
    desk.write(write);
    desk.write(write);
    assertThat(desk.lastEffects.isEmpty()).isTrue();
  }

  @Test
  void nothingIsMadeUnderAnIdThatNoUrlCanName() {
    for (String id : List.of(".", "..")) {
      Write write = desk.insert(id);
      assertThat(desk.write(write))
          .isEqualTo(
              Outcome.refused(
                  FaultCode.INVALID,
                  "the id "
                      + id
                      + " is a step in a URL's path, which clients take out of it; choose"
                      + " another"));
      assertThat(refusal(desk.write(write))).isEqualTo(FaultCode.INVALID);
    }
    desk.apply(desk.insert("..."));
    assertThat(desk.log).hasSize(1);
  }

  @Test
  void whatOlderServersMadeUnderSuchAnIdIsChangedAndDeletedAndNotMadeAgain() {
    desk.apply(desk.insert("old"));
    Entity old = desk.entity(note("old"));
    desk.entities.put(note(".."), renamed(old, note("..")));

    desk.apply(Write.update(desk.key(), note(".."), text("new")));
    desk.apply(Write.delete(desk.key(), note("..")));
    assertThat(refusal(desk.write(desk.insert("..")))).isEqualTo(FaultCode.INVALID);
    assertThat(desk.entity(note("..")).deleted()).isTrue();
  }

  private static Entity renamed(Entity entity, EntityKey key) {
    return new Entity(
        key,
        entity.version(),
        entity.data(),
        entity.body(),
        entity.ruleState(),
        entity.deleted(),
        entity.createdAt(),
        entity.updatedAt(),
        entity.id(),
        entity.seq());
  }

  // K2: one key, one outcome.

  @Test
  void aRetryGetsTheFirstAnswerWithTheEntityWhileItHasNotMoved() {
    Write write = desk.insert("a");
    Outcome.Applied first = desk.apply(write);
    assertThat(desk.write(write)).isEqualTo(new Outcome.Duplicate(first));
    assertThat(desk.log).hasSize(1);
  }

  @Test
  void aRetryAfterTheEntityMovedGetsTheFirstAnswerWithoutIt() {
    Write write = desk.insert("a");
    Outcome.Applied first = desk.apply(write);
    desk.apply(desk.insert("a"));
    assertThat(desk.write(write))
        .isEqualTo(
            new Outcome.Duplicate(
                new Outcome.Applied(first.id(), first.seq(), first.version(), null)));
  }

  @Test
  void aRetryInTheSameBatchIsADuplicateToo() {
    Write write = desk.insert("a");
    List<List<Outcome>> outcomes = desk.batch(Commit.of(OWNER, write), Commit.of(OWNER, write));
    assertThat(outcomes.get(1).getFirst())
        .isEqualTo(new Outcome.Duplicate(outcomes.get(0).getFirst()));
    assertThat(desk.log).hasSize(1);
  }

  @Test
  void aConflictIsRememberedAsItWas() {
    desk.write(desk.insert("a"));
    Write stale = desk.insert("a").expecting(9);
    Outcome first = desk.write(stale);
    desk.write(desk.insert("a"));
    assertThat(desk.write(stale)).isEqualTo(new Outcome.Duplicate(first));
  }

  @Test
  void aRefusalByRuleIsRemembered() {
    Write absent = Write.delete(desk.key(), note("nothing"));
    assertThat(refusal(desk.write(absent))).isEqualTo(FaultCode.ABSENT);
    desk.write(desk.insert("nothing"));
    Outcome again = desk.write(absent);
    assertThat(again).isInstanceOf(Outcome.Duplicate.class);
    assertThat(refusal(again)).isEqualTo(FaultCode.ABSENT);
  }

  @Test
  void aRefusalForLackOfRightsLeavesTheKeyFree() {
    desk.write(desk.insert("a"));
    Write write = desk.insert("b");
    assertThat(refusal(desk.write(Desk.granted("someone"), write))).isEqualTo(FaultCode.FORBIDDEN);
    desk.write(desk.grant("someone", "write"));
    applied(desk.write(Desk.granted("someone"), write));
  }

  @Test
  void theSameKeyWithAnotherWriteIsRefusedAndTheFirstAnswerStays() {
    WriteKey key = new WriteKey("mine");
    Write first = Write.insert(key, note("a"), text("one"));
    Outcome answer = desk.write(first);
    assertThat(refusal(desk.write(Write.insert(key, note("a"), text("two")))))
        .isEqualTo(FaultCode.KEY_REUSED);
    assertThat(desk.write(first)).isEqualTo(new Outcome.Duplicate(answer));
  }

  @Test
  void anotherPrincipalsEqualKeyIsAnotherKey() {
    Write write = desk.insert("a");
    desk.write(desk.grant("someone", "write"));
    applied(desk.write(write));
    applied(desk.write(Desk.granted("someone"), write));
  }

  @Test
  void aNoOpIsAnsweredWithTheEntityAndRemembered() {
    EntityKey marker = new EntityKey(SCOPE, MARKER, new EntityId("m"));
    Outcome.Applied moved =
        desk.apply(Write.update(desk.key(), marker, JsonObject.EMPTY.with("read", 9)));
    Write lower = Write.update(desk.key(), marker, JsonObject.EMPTY.with("read", 3));
    assertThat(desk.write(lower)).isEqualTo(moved);
    assertThat(desk.write(lower)).isEqualTo(new Outcome.Duplicate(moved));
    assertThat(desk.log).hasSize(1);
  }

  // K9: stale writes.

  @Test
  void aStaleWriteConflictsAndTellsTheCurrentEntity() {
    desk.write(desk.insert("a"));
    Outcome.Applied second = desk.apply(desk.insert("a").expecting(1));
    assertThat(desk.write(desk.insert("a").expecting(1)))
        .isEqualTo(new Outcome.Conflict(second.entity()));
    assertThat(desk.entities.get(note("a"))).isEqualTo(second.entity());
  }

  @Test
  void ofTwoWritesOfOneBatchThatExpectTheSameVersionOneConflicts() {
    desk.write(desk.insert("a"));
    List<Outcome> outcomes =
        desk.call(false, desk.insert("a").expecting(1), desk.insert("a").expecting(1));
    assertThat(outcomes.get(0)).isInstanceOf(Outcome.Applied.class);
    assertThat(outcomes.get(1)).isInstanceOf(Outcome.Conflict.class);
  }

  @Test
  void aRefusedWriteDoesNotHinderTheNextOne() {
    List<Outcome> outcomes =
        desk.call(
            false,
            desk.insert("a").expecting(5),
            Write.delete(desk.key(), note("a")),
            desk.insert("a"));
    assertThat(outcomes.get(2)).isInstanceOf(Outcome.Applied.class);
  }

  // Time.

  @Test
  void stampsRiseEvenWhenTheClockStandsStillOrGoesBack() {
    desk.write(desk.insert("a"));
    desk.write(desk.insert("b"));
    desk.nowMillis -= 60_000;
    desk.write(desk.insert("c"));
    assertThat(desk.log).extracting(Change::hlc).isSorted().doesNotHaveDuplicates();
    assertThat(desk.log.getFirst().hlc()).isEqualTo(Hlc.ofMillis(1_700_000_000_000L));
  }

  @Test
  void aWritersStampFarAheadIsHeldBack() {
    desk.write(desk.insert("a").at(Hlc.ofMillis(desk.nowMillis + 3_600_000)));
    long limit = Hlc.ofMillis(desk.nowMillis + Sequencer.HLC_AHEAD_MILLIS_MAX);
    assertThat(desk.log.getFirst().hlc()).isEqualTo(limit);
    desk.write(desk.insert("b"));
    assertThat(desk.log.getLast().hlc()).isEqualTo(limit + 1);
  }

  @Test
  void theStampThatOrdersARuleNewestIsNeverMovedAndMovesNoOther() {
    long far = Hlc.ofMillis(desk.nowMillis + 3_600_000);
    EntityKey event = new EntityKey(SCOPE, EVENT, new EntityId("e"));
    desk.write(Write.insert(desk.key(), event, text("e")).at(far));
    assertThat(desk.log.getFirst().hlc()).isEqualTo(far);
    desk.write(desk.insert("b"));
    assertThat(desk.log.getLast().hlc()).isLessThan(far);
  }

  @Test
  void aChangeSaysWhoWroteItWhenAndThroughWhichDoor() {
    desk.write(desk.insert("a"));
    Change change = desk.log.getFirst();
    assertThat(change.author()).isEqualTo(OWNER.principal());
    assertThat(change.origin()).isEqualTo("test");
    assertThat(change.at()).isEqualTo(desk.nowMillis);
    assertThat(change.erased()).isFalse();
    assertThat(Objects.requireNonNull(change.data())).isEqualTo(text("a"));
  }

  // A write that is for what is new.

  @Test
  void aWriteForWhatIsNewLeavesWhatIsThereAloneAndSaysHowItStands() {
    Outcome.Applied there = desk.apply(desk.insert("a"));
    Write again = Write.insert(desk.key(), note("a"), text("older")).ifNew();
    Outcome.Applied outcome = desk.apply(again);
    assertThat(outcome.version()).isEqualTo(there.version());
    assertThat(outcome.id()).isEqualTo(there.id());
    assertThat(desk.log).hasSize(1);
    assertThat(desk.write(again)).isInstanceOf(Outcome.Duplicate.class);
  }

  @Test
  void aWriteForWhatIsNewBringsNothingBack() {
    desk.apply(desk.insert("a"));
    desk.apply(Write.delete(desk.key(), note("a")));
    desk.apply(Write.insert(desk.key(), note("a"), text("back")).ifNew());
    assertThat(desk.entity(note("a")).deleted()).isTrue();
    assertThat(desk.log).hasSize(2);
  }

  @Test
  void aWriteForWhatIsNewIsARetryOnceItIsThere() {
    Write first = desk.insert("a").ifNew();
    Outcome.Applied applied = desk.apply(first);
    desk.apply(Write.update(desk.key(), note("a"), text("newer")));
    assertThat(desk.write(first))
        .isEqualTo(
            new Outcome.Duplicate(
                new Outcome.Applied(applied.id(), applied.seq(), applied.version(), null)));
  }
}
