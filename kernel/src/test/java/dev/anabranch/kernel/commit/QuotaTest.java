package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.OWNER;
import static dev.anabranch.kernel.commit.Desk.SCOPE;
import static dev.anabranch.kernel.commit.Desk.applied;
import static dev.anabranch.kernel.commit.Desk.granted;
import static dev.anabranch.kernel.commit.Desk.note;
import static dev.anabranch.kernel.commit.Desk.refusal;
import static dev.anabranch.kernel.commit.Desk.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Holding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How much one principal may have in the log.
final class QuotaTest {

  private static final PrincipalId ANN_NAME = new PrincipalId("ann");
  private static final Caller ANN = granted("ann");

  private static Desk desk(Quota quota) {
    return desk(Derivation.NONE, quota);
  }

  private static Desk desk(Derivation derivation, Quota quota) {
    Desk desk = new Desk(Models.none(), derivation, quota);
    desk.apply(desk.grant("ann", "write"));
    desk.apply(desk.grant("bob", "write"));
    return desk;
  }

  private static Write erasing(Desk desk, String id) {
    return Write.delete(desk.key(), note(id)).erasing(Set.of(ANN_NAME));
  }

  @Test
  void aWriteTooManyIsRefusedAndSaysWhatHowMuchAndWhatToDo() {
    Desk desk = desk(new Quota(2, 0));
    applied(desk.write(ANN, desk.insert("a")));
    applied(desk.write(ANN, desk.insert("b")));
    assertThat(desk.write(ANN, desk.insert("c")))
        .isEqualTo(
            Outcome.refused(
                FaultCode.QUOTA,
                "the log may hold of ann at most 2 changes and would hold 3; erase something"
                    + " (delete it with erase=true, or by a Nostr deletion), or ask the operator to"
                    + " compact the log or allow more"));
    applied(desk.write(granted("bob"), desk.insert("d")));
  }

  @Test
  void bytesAreThoseOfDataBodiesAndProofs() {
    Desk desk = desk(new Quota(0, 29));
    Write write = Write.insert(desk.key(), note("a"), text("ü")); // {"text":"ü"} has 13 bytes
    applied(desk.write(ANN, write));
    assertThat(desk.lastMoved).isEqualTo(Map.of(ANN_NAME, new Holding(1, 13)));
    assertThat(refusal(desk.write(ANN, Write.insert(desk.key(), note("b"), text("123456")))))
        .isEqualTo(FaultCode.QUOTA);
    applied(desk.write(ANN, Write.insert(desk.key(), note("b"), text("12345"))));
  }

  @Test
  void theNoUsesUpNeitherItsKeyNorItsDevicesCount() {
    Desk desk = desk(new Quota(1, 0));
    applied(desk.write(ANN, desk.insert("a")));
    Write later = desk.insert("b").causedBy(new CausalClaim(new DeviceId("phone"), 1L, 0L));
    assertThat(refusal(desk.write(ANN, later))).isEqualTo(FaultCode.QUOTA);
    applied(desk.write(ANN, erasing(desk, "a")));
    applied(desk.write(ANN, later));
  }

  @Test
  void aRetryAndAWriteThatChangesNothingAreNeverOneTooMany() {
    Desk desk = desk(new Quota(1, 0));
    Write first = desk.insert("a");
    Outcome.Applied answer = applied(desk.write(ANN, first));
    assertThat(desk.write(ANN, first)).isEqualTo(new Outcome.Duplicate(answer));
    applied(desk.write(ANN, desk.insert("a").ifNew()));
    assertThat(desk.log).hasSize(3);
  }

  @Test
  void aDeleteIsTakenAndOnlyAnErasureMakesRoom() {
    Desk desk = desk(new Quota(1, 0));
    applied(desk.write(ANN, desk.insert("a")));
    applied(desk.write(ANN, Write.delete(desk.key(), note("a"))));
    assertThat(refusal(desk.write(ANN, desk.insert("b")))).isEqualTo(FaultCode.QUOTA);
    applied(desk.write(ANN, erasing(desk, "a")));
    applied(desk.write(ANN, desk.insert("b")));
  }

  @Test
  void itIsExactWithinABatchAndWithinACall() {
    Desk desk = desk(new Quota(2, 0));
    List<List<Outcome>> outcomes =
        desk.batch(
            new Commit(ANN, List.of(desk.insert("a"), desk.insert("b")), true),
            new Commit(ANN, List.of(desk.insert("c"), erasing(desk, "a"), desk.insert("d")), false),
            new Commit(ANN, List.of(erasing(desk, "b"), desk.insert("e"), desk.insert("f")), true),
            Commit.of(ANN, desk.insert("g")));
    assertThat(refusal(outcomes.get(1).get(0))).isEqualTo(FaultCode.QUOTA);
    applied(outcomes.get(1).get(2));
    assertThat(refusal(outcomes.get(2).get(2))).isEqualTo(FaultCode.QUOTA);
    assertThat(refusal(outcomes.get(2).get(0))).isEqualTo(FaultCode.BATCH_ABORTED);
    assertThat(refusal(outcomes.get(3).get(0))).isEqualTo(FaultCode.QUOTA);
    assertThat(desk.entity(note("b")).deleted()).isFalse();
    assertThat(desk.held("ann")).isEqualTo(desk.lastMoved.get(ANN_NAME));
    assertThat(desk.held("ann").changes()).isEqualTo(2);
  }

  @Test
  void whatIsErasedTwiceCountsOnceAndOnlyForWhoWroteIt() {
    Desk desk = desk(new Quota(100, 0));
    applied(desk.write(ANN, desk.insert("a")));
    applied(desk.write(granted("bob"), Write.update(desk.key(), note("a"), text("bob's"))));
    applied(desk.write(ANN, Write.update(desk.key(), note("a"), text("ann's"))));
    desk.batch(
        Commit.of(ANN, erasing(desk, "a")),
        Commit.of(OWNER, Write.delete(desk.key(), note("a")).erasing(Set.of())));
    assertThat(desk.held("ann")).isEqualTo(Holding.NOTHING);
    assertThat(desk.held("bob")).isEqualTo(Holding.NOTHING);
    assertThat(desk.lastMoved)
        .isEqualTo(
            Map.of(ANN_NAME, new Holding(-2, -28), new PrincipalId("bob"), new Holding(-1, -16)));
  }

  @Test
  void allNamesOfACallerAreOnePrincipal() {
    Desk desk = desk(new Quota(2, 0));
    applied(desk.write(granted("bob"), desk.insert("a")));
    Caller both = new Caller(ANN_NAME, Authority.GRANTED, "test", Set.of(new PrincipalId("bob")));
    applied(desk.write(both, desk.insert("b")));
    assertThat(refusal(desk.write(both, desk.insert("c")))).isEqualTo(FaultCode.QUOTA);
  }

  @Test
  void theServersOwnerHasNone() {
    Desk desk = desk(new Quota(1, 1));
    desk.apply(desk.insert("a"));
    desk.apply(desk.insert("b"));
  }

  @Test
  void whatIsDerivedCountsWithItsChangeAndIsTakenBackWithIt() {
    Derivation copying =
        new Derivation() {
          @Override
          public List<Derived> prospects(Caller caller, Write write, Originals originals) {
            return write.entity().id().text().endsWith("copy")
                ? List.of()
                : List.of(copy(caller, write.key(), write.entity().id().text()));
          }

          @Override
          public List<Derived> of(Caller caller, Change change, Entity after, State now) {
            return change.entity().id().text().endsWith("copy")
                ? List.of()
                : List.of(copy(caller, change.key(), change.entity().id().text()));
          }

          private Derived copy(Caller caller, WriteKey key, String id) {
            WriteKey other = new WriteKey(key + "/copy");
            return new Derived(caller, Write.insert(other, note(id + "-copy"), text("copy")));
          }
        };
    Desk desk = desk(copying, new Quota(3, 0));
    applied(desk.write(ANN, desk.insert("a")));
    assertThat(refusal(desk.write(ANN, desk.insert("b")))).isEqualTo(FaultCode.QUOTA);
    assertThat(desk.held("ann").changes()).isEqualTo(2);
    assertThat(desk.entities).doesNotContainKeys(note("b"), note("b-copy"));
  }

  @Test
  void theGrantThatFoundsAScopeCountsWithWhatFoundsIt() {
    Desk desk = desk(new Quota(1, 0));
    ScopeName fresh = new ScopeName("org:2");
    Write first =
        Write.insert(
            desk.key(), new EntityKey(fresh, note("a").model(), note("a").id()), text("a"));
    assertThat(refusal(desk.write(Desk.founder("cid"), first))).isEqualTo(FaultCode.QUOTA);
    assertThat(desk.heads).doesNotContainKey(fresh);
    assertThat(desk.heads).containsKey(SCOPE);
  }

  @Test
  void aFreeWriteIsTakenAndCounts() {
    Desk desk = desk(new Quota(1, 0, (caller, write) -> write.entity().id().text().equals("free")));
    applied(desk.write(ANN, desk.insert("a")));
    applied(desk.write(ANN, desk.insert("free")));
    assertThat(desk.held("ann").changes()).isEqualTo(2);
    assertThat(refusal(desk.write(ANN, desk.insert("b")))).isEqualTo(FaultCode.QUOTA);
  }

  @Test
  void whoHasMoreThanIsAllowedByNowMayStillHaveLess() {
    Desk desk = desk(new Quota(1, 0, (caller, write) -> write.entity().id().text().equals("free")));
    applied(desk.write(ANN, desk.insert("a")));
    applied(desk.write(ANN, desk.insert("free")));
    Write shorter = Write.update(desk.key(), note("a"), text(""));
    applied(desk.write(new Caller(ANN_NAME, Authority.OWNER, "test"), desk.insert("b")));
    assertThat(refusal(desk.write(ANN, shorter))).isEqualTo(FaultCode.QUOTA);
    applied(desk.write(ANN, erasing(desk, "b")));
  }

  @Test
  void nobodyCountsWithoutAQuota() {
    Desk desk = desk(Quota.NONE);
    applied(desk.write(ANN, desk.insert("a")));
    assertThat(desk.lastMoved).isEmpty();
    assertThatThrownBy(() -> new Quota(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
