package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.OWNER;
import static dev.anabranch.kernel.commit.Desk.note;
import static dev.anabranch.kernel.commit.Desk.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/// All of a call's writes or none: K3.
final class SequencerAtomicTest {

  private final Desk desk = new Desk();

  @Test
  void whenOneFailsNothingOfTheCallIsLeft() {
    desk.write(desk.insert("before"));
    Write good = desk.insert("a").causedBy(new CausalClaim(new DeviceId("phone"), 1L, null));
    List<Outcome> outcomes = desk.call(true, good, desk.insert("b").expecting(9), desk.insert("c"));

    assertThat(refusal(outcomes.get(0))).isEqualTo(FaultCode.BATCH_ABORTED);
    assertThat(outcomes.get(1)).isInstanceOf(Outcome.Conflict.class);
    assertThat(refusal(outcomes.get(2))).isEqualTo(FaultCode.BATCH_ABORTED);
    assertThat(desk.lastEffects.isEmpty()).isTrue();
    assertThat(desk.lastEffects.entities()).isEmpty();
    assertThat(desk.lastEffects.devices()).isEmpty();
    assertThat(desk.lastEffects.scopes()).isEmpty();
    assertThat(desk.lastEffects.headId()).isEqualTo(1);
  }

  @Test
  void anAbortedCallUsesUpNoKey() {
    Write good = desk.insert("a");
    Write bad = desk.insert("b").expecting(9);
    desk.call(true, good, bad);
    assertThat(desk.answers).isEmpty();
    assertThat(desk.call(true, good)).first().isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void otherCallsOfTheBatchGoOnWhereTheAbortedOneBegan() {
    Commit aborted =
        new Commit(OWNER, List.of(desk.insert("a"), desk.insert("b").expecting(9)), true);
    List<List<Outcome>> outcomes =
        desk.batch(Commit.of(OWNER, desk.insert("x")), aborted, Commit.of(OWNER, desk.insert("y")));
    assertThat(outcomes.get(2).getFirst()).isInstanceOf(Outcome.Applied.class);
    assertThat(desk.log).extracting(Change::seq).containsExactly(1L, 2L);
    assertThat(desk.log).extracting(Change::id).containsExactly(1L, 2L);
    assertThat(desk.entities).doesNotContainKey(note("a"));
  }

  @Test
  void anAbortedFounderFoundsNothing() {
    Commit aborted =
        new Commit(
            Desk.founder("f"), List.of(desk.insert("a"), desk.insert("b").expecting(9)), true);
    desk.batch(aborted);
    assertThat(desk.log).isEmpty();
    assertThat(desk.entities).isEmpty();
  }

  @Test
  void writesOfOneCallSeeEachOther() {
    List<Outcome> outcomes =
        desk.call(
            true,
            desk.insert("a"),
            desk.insert("a").expecting(1),
            Write.delete(desk.key(), note("a")));
    assertThat(outcomes).allMatch(outcome -> outcome instanceof Outcome.Applied);
    assertThat(desk.entity(note("a")).version()).isEqualTo(3);
  }

  @Test
  void aConflictThatAbortsTellsTheEntityAsItStandsWithoutTheCall() {
    Outcome.Applied before = desk.apply(desk.insert("a"));
    List<Outcome> outcomes =
        desk.call(true, desk.insert("a").expecting(1), desk.insert("a").expecting(1));
    assertThat(outcomes.get(1)).isEqualTo(new Outcome.Conflict(before.entity()));
  }

  @Test
  void aRepeatedAtomicCallIsAllDuplicates() {
    Write one = desk.insert("a");
    Write two = desk.insert("b");
    desk.call(true, one, two);
    assertThat(desk.call(true, one, two)).allMatch(outcome -> outcome instanceof Outcome.Duplicate);
    assertThat(desk.log).hasSize(2);
  }

  @Test
  void aRepeatedConflictAbortsAnAtomicCall() {
    Write conflict = desk.insert("a").expecting(9);
    desk.write(conflict);
    List<Outcome> outcomes = desk.call(true, desk.insert("b"), conflict);
    assertThat(refusal(outcomes.get(0))).isEqualTo(FaultCode.BATCH_ABORTED);
    assertThat(desk.log).isEmpty();
  }
}
