package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.OWNER;
import static dev.anabranch.kernel.commit.Desk.SCOPE;
import static dev.anabranch.kernel.commit.Desk.applied;
import static dev.anabranch.kernel.commit.Desk.founder;
import static dev.anabranch.kernel.commit.Desk.granted;
import static dev.anabranch.kernel.commit.Desk.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.VersionedRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Who may write what: K8, and the limits of a model.
final class SequencerRightsTest {

  private static final ModelName GUARDED = new ModelName("guarded");
  private static final Schema NEEDS_A_NAME =
      data -> data.string("name").isPresent() ? Optional.empty() : Optional.of("name is missing");

  private final Desk desk =
      new Desk(
          new Models(
              List.of(
                  new Model(
                      GUARDED,
                      new VersionedRule(),
                      Right.WRITE,
                      100,
                      Set.of("paid"),
                      NEEDS_A_NAME)),
              Map.of()));

  @Test
  void theFirstWriterOfAnUnknownScopeBecomesItsAdmin() {
    applied(desk.write(founder("ann"), desk.insert("a")));
    assertThat(desk.log)
        .extracting(change -> change.entity().model().text())
        .containsExactly("grant", "note");
    assertThat(desk.log).extracting(Change::seq).containsExactly(1L, 2L);
    EntityKey grant = EntityKey.grant(SCOPE, new PrincipalId("ann"));
    assertThat(desk.entity(grant).data().string("right")).contains("admin");
    applied(desk.write(founder("ann"), desk.grant("bob", "read")));
  }

  @Test
  void theSecondWriterFoundsNothing() {
    desk.write(founder("ann"), desk.insert("a"));
    assertThat(refusal(desk.write(founder("bob"), desk.insert("b"))))
        .isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void aRefusedFirstWriteFoundsNothing() {
    assertThat(desk.write(founder("ann"), desk.insert("a").expecting(4)))
        .isInstanceOf(Outcome.Conflict.class);
    assertThat(desk.log).isEmpty();
    applied(desk.write(founder("bob"), desk.insert("a")));
  }

  @Test
  void theFoundingChangesKeyIsNoWriters() {
    Write write = Write.insert(WriteKey.FOUNDING, Desk.note("a"), JsonObject.EMPTY);
    assertThat(refusal(desk.write(founder("ann"), write))).isEqualTo(FaultCode.KEY_REUSED);
    assertThat(desk.log).isEmpty();
    applied(desk.write(founder("ann"), desk.insert("a")));
    assertThat(desk.log.getFirst().key()).isEqualTo(WriteKey.FOUNDING);
    assertThat(refusal(desk.write(founder("ann"), write))).isEqualTo(FaultCode.KEY_REUSED);
  }

  @Test
  void whoMayNotCreateFoundsNothing() {
    assertThat(refusal(desk.write(granted("ann"), desk.insert("a"))))
        .isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void aFounderOutsideItsScopesFoundsNothing() {
    Authority elsewhere =
        new Authority(List.of(new ScopePattern("chat:*")), Right.ADMIN, true, false);
    Caller caller = new Caller(new PrincipalId("ann"), elsewhere, "test");
    assertThat(refusal(desk.write(caller, desk.insert("a")))).isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void readingIsNotEnoughToWriteAndWritingNotToGrant() {
    desk.write(desk.grant("ann", "read"));
    assertThat(refusal(desk.write(granted("ann"), desk.insert("a"))))
        .isEqualTo(FaultCode.FORBIDDEN);
    desk.write(desk.grant("ann", "write"));
    applied(desk.write(granted("ann"), desk.insert("a")));
    assertThat(refusal(desk.write(granted("ann"), desk.grant("ann", "admin"))))
        .isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void aGrantToAnyoneCountsForEverybody() {
    desk.write(desk.grant("anyone", "write"));
    applied(desk.write(granted("ann"), desk.insert("a")));
  }

  @Test
  void aRevocationCountsForTheNextWriteOfTheSameBatch() {
    desk.write(desk.grant("ann", "write"));
    List<List<Outcome>> outcomes =
        desk.batch(
            Commit.of(granted("ann"), desk.insert("a")),
            Commit.of(
                OWNER, Write.delete(desk.key(), EntityKey.grant(SCOPE, new PrincipalId("ann")))),
            Commit.of(granted("ann"), desk.insert("b")));
    assertThat(outcomes.get(0).getFirst()).isInstanceOf(Outcome.Applied.class);
    assertThat(refusal(outcomes.get(2).getFirst())).isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void aGrantCountsForTheNextWriteOfTheSameBatch() {
    List<List<Outcome>> outcomes =
        desk.batch(
            Commit.of(OWNER, desk.grant("ann", "write")),
            Commit.of(granted("ann"), desk.insert("a")));
    assertThat(outcomes.get(1).getFirst()).isInstanceOf(Outcome.Applied.class);
  }

  @Test
  void aTokensCeilingNarrowsTheGrant() {
    desk.write(desk.grant("ann", "admin"));
    Authority readOnly = new Authority(List.of(ScopePattern.EVERY), Right.READ, true, false);
    Caller caller = new Caller(new PrincipalId("ann"), readOnly, "test");
    assertThat(refusal(desk.write(caller, desk.insert("a")))).isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void aGrantMustNameARight() {
    assertThat(refusal(desk.write(desk.grant("ann", "everything")))).isEqualTo(FaultCode.SCHEMA);
  }

  @Test
  void aServerOwnedFieldIsWrittenByTheOwnerOnly() {
    desk.write(desk.grant("ann", "write"));
    JsonObject paid = JsonObject.EMPTY.with("name", "x").with("paid", "yes");
    assertThat(refusal(desk.write(granted("ann"), guarded(paid))))
        .isEqualTo(FaultCode.SERVER_OWNED);
    applied(desk.write(guarded(paid)));
  }

  @Test
  void whatHoldsAServerOwnedFieldIsDeletedByTheOwnerOnly() {
    desk.write(desk.grant("ann", "write"));
    Write write = guarded(JsonObject.EMPTY.with("name", "x"));
    applied(desk.write(granted("ann"), write));
    applied(desk.write(granted("ann"), Write.delete(new WriteKey("d1"), write.entity())));
    applied(desk.write(guarded(JsonObject.EMPTY.with("name", "x").with("paid", "yes"))));
    assertThat(
            refusal(desk.write(granted("ann"), Write.delete(new WriteKey("d2"), write.entity()))))
        .isEqualTo(FaultCode.SERVER_OWNED);
    applied(desk.write(granted("ann"), guarded(JsonObject.EMPTY.with("name", "y"))));
    applied(desk.write(Write.delete(new WriteKey("d2"), write.entity())));
    applied(desk.write(granted("ann"), guarded(JsonObject.EMPTY.with("name", "z"))));
  }

  @Test
  void aServerOwnedFieldLeavesTheKeyFree() {
    desk.write(desk.grant("ann", "write"));
    Write write = guarded(JsonObject.EMPTY.with("name", "x").with("paid", "yes"));
    desk.write(granted("ann"), write);
    assertThat(desk.lastEffects.remembered()).isEmpty();
    applied(
        desk.write(
            granted("ann"),
            Write.insert(write.key(), write.entity(), JsonObject.EMPTY.with("name", "x"))));
  }

  @Test
  void anEntityThatBreaksItsSchemaIsRefusedWithWhatIsWrong() {
    Outcome outcome = desk.write(guarded(JsonObject.EMPTY.with("other", 1)));
    assertThat(refusal(outcome)).isEqualTo(FaultCode.SCHEMA);
    assertThat(((Outcome.Refused) outcome).fault().detail()).isEqualTo("name is missing");
    assertThat(desk.lastEffects.entities()).isEmpty();
  }

  @Test
  void aPatchIsCheckedAsTheEntityItMakes() {
    applied(desk.write(guarded(JsonObject.EMPTY.with("name", "x"))));
    EntityKey key = new EntityKey(SCOPE, GUARDED, new EntityId("g"));
    applied(desk.write(Write.update(desk.key(), key, JsonObject.EMPTY.with("more", 1))));
    JsonObject removing = JsonObject.of("name", JsonNull.NULL);
    assertThat(refusal(desk.write(Write.update(desk.key(), key, removing))))
        .isEqualTo(FaultCode.SCHEMA);
  }

  @Test
  void aTooLargeWriteIsRefused() {
    JsonObject large = JsonObject.EMPTY.with("name", "ü".repeat(50));
    assertThat(refusal(desk.write(guarded(large)))).isEqualTo(FaultCode.TOO_LARGE);
    EntityKey key = new EntityKey(SCOPE, GUARDED, new EntityId("g"));
    Write body =
        new Write(
            desk.key(),
            key,
            Action.INSERT,
            JsonObject.EMPTY.with("name", "x"),
            Bytes.of(new byte[101]),
            null,
            null,
            0,
            null);
    assertThat(refusal(desk.write(body))).isEqualTo(FaultCode.TOO_LARGE);
  }

  @Test
  void anEntityMayNotGrowTooLargeByPatches() {
    applied(desk.write(guarded(JsonObject.EMPTY.with("name", "x".repeat(60)))));
    EntityKey key = new EntityKey(SCOPE, GUARDED, new EntityId("g"));
    JsonObject more = JsonObject.EMPTY.with("more", "x".repeat(60));
    assertThat(refusal(desk.write(Write.update(desk.key(), key, more))))
        .isEqualTo(FaultCode.TOO_LARGE);
    assertThat(desk.entity(key).version()).isEqualTo(1);
  }

  private Write guarded(JsonObject data) {
    EntityKey key = new EntityKey(SCOPE, GUARDED, new EntityId("g"));
    return Write.insert(desk.key(), key, data);
  }
}
