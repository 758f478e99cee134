package dev.anabranch.kernel.commit;

import static dev.anabranch.kernel.commit.Desk.applied;
import static dev.anabranch.kernel.commit.Desk.founder;
import static dev.anabranch.kernel.commit.Desk.granted;
import static dev.anabranch.kernel.commit.Desk.note;
import static dev.anabranch.kernel.commit.Desk.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.VersionedRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What belongs to a change is committed with it or not at all (K3).
class SequencerDerivationTest {

  private static final ScopeName COPIES = new ScopeName("copies:1");
  private static final ModelName NOTE = new ModelName("note");
  private static final ModelName SIGNED = new ModelName("signed");

  private final Desk desk = new Desk(Models.none(), new Copying());

  /// Every note of the desk's scope is a copy too, and every copy of `a` a second one.
  private static final class Copying implements Derivation {

    private static Write copy(WriteKey key, EntityKey of) {
      return Write.insert(
          new WriteKey(key.text() + "/copy"),
          new EntityKey(COPIES, NOTE, new EntityId("copy of " + of.id())),
          text("?"));
    }

    private static boolean isCopied(EntityKey key) {
      return key.model().equals(NOTE) && !key.id().text().startsWith("copy of copy");
    }

    @Override
    public List<Derived> prospects(Caller caller, Write write, Originals originals) {
      return isCopied(write.entity())
          ? List.of(new Derived(caller, copy(write.key(), write.entity())))
          : List.of();
    }

    @Override
    public List<Derived> of(Caller caller, Change change, Entity after, State now) {
      if (!isCopied(change.entity())) {
        return List.of();
      }
      Write copy = copy(change.key(), change.entity());
      Entity there = now.entity(copy.entity());
      Write write =
          Write.insert(
              copy.key(), copy.entity(), text(there == null ? "first" : "" + there.version()));
      boolean stale = after.data().string("text").orElse("").equals("stale");
      return List.of(new Derived(caller, stale ? write.expecting(9) : write));
    }
  }

  @Test
  void aChangeAndWhatItDerivesAreOneCommit() {
    applied(desk.write(desk.insert("a")));
    assertThat(desk.log.stream().map(change -> change.entity().id().text()))
        .containsExactly("a", "copy of a", "copy of copy of a");
    assertThat(desk.log.stream().map(Change::scope)).containsExactly(Desk.SCOPE, COPIES, COPIES);
  }

  @Test
  void aRetryDerivesNothing() {
    Write write = desk.insert("a");
    applied(desk.write(write));
    assertThat(desk.write(write)).isInstanceOf(Outcome.Duplicate.class);
    assertThat(desk.log).hasSize(3);
  }

  @Test
  void whatIsDerivedSeesWhatWasDerivedBefore() {
    desk.batch(Commit.of(Desk.OWNER, desk.insert("a")), Commit.of(Desk.OWNER, desk.insert("a")));
    EntityKey copy = new EntityKey(COPIES, NOTE, new EntityId("copy of a"));
    assertThat(desk.entity(copy).data()).isEqualTo(text("1"));
  }

  @Test
  void nothingStaysWhereADerivedWriteIsForbidden() {
    desk.write(desk.grant("ann", "write"));
    desk.write(
        Write.insert(
            desk.key(),
            EntityKey.grant(COPIES, new PrincipalId("bob")),
            dev.anabranch.kernel.json.JsonObject.EMPTY.with("right", "admin")));
    Write write = desk.insert("a");
    assertThat(refusal(desk.write(granted("ann"), write))).isEqualTo(FaultCode.FORBIDDEN);
    assertThat(desk.log).hasSize(2);
    desk.write(
        Write.insert(
            desk.key(),
            EntityKey.grant(COPIES, new PrincipalId("ann")),
            dev.anabranch.kernel.json.JsonObject.EMPTY.with("right", "write")));
    applied(desk.write(granted("ann"), write));
    assertThat(desk.log).hasSize(6);
  }

  @Test
  void nothingStaysWhereADerivedWriteIsStale() {
    Write write = Write.insert(desk.key(), note("a"), text("stale"));
    assertThat(refusal(desk.write(write))).isEqualTo(FaultCode.SUPERSEDED);
    assertThat(desk.log).isEmpty();
  }

  @Test
  void nothingStaysWhereTheKeyOfADerivedWriteIsTaken() {
    Write taken = Write.insert(new WriteKey("k/copy"), note("b"), text("x"));
    EntityKey elsewhere = new EntityKey(COPIES, new ModelName("other"), new EntityId("b"));
    applied(desk.write(Write.insert(taken.key(), elsewhere, text("x"))));
    Write write = Write.insert(new WriteKey("k"), note("a"), text("x"));
    assertThat(refusal(desk.write(write))).isEqualTo(FaultCode.KEY_REUSED);
    assertThat(desk.log).hasSize(1);
  }

  @Test
  void anAtomicCallTakesBackWhatItsWritesDerived() {
    List<Outcome> outcomes =
        desk.call(true, desk.insert("a"), Write.insert(desk.key(), note("b"), text("stale")));
    assertThat(outcomes).noneMatch(Outcome.Applied.class::isInstance);
    assertThat(desk.log).isEmpty();
  }

  @Test
  void foundsTheScopesOfWhatItDerives() {
    applied(desk.write(founder("ann"), desk.insert("a")));
    assertThat(desk.entity(EntityKey.grant(COPIES, new PrincipalId("ann"))).data().text())
        .isEqualTo("{\"right\":\"admin\"}");
  }

  // Scopes that are the caller's own.

  private static Models signed() {
    Model model =
        new Model(
            SIGNED,
            new VersionedRule(),
            Right.WRITE,
            1000,
            Set.of(),
            Schema.ANY,
            change -> Optional.of(new Mark(change.id(), 1, 1, 1, null, List.of(), Set.of())));
    return new Models(List.of(model), Map.of());
  }

  private static Caller owning(ScopeName own) {
    Authority authority =
        new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false, Set.of(own));
    return new Caller(new PrincipalId("ann"), authority, "test");
  }

  private static Write original(Desk at, ScopeName scope) {
    return Write.insert(at.key(), new EntityKey(scope, SIGNED, new EntityId("e")), text("e"))
        .provenBy(Bytes.of(new byte[] {1}));
  }

  @Test
  void aSignedOriginalNeedsNoGrantInItsSignersScope() {
    Desk own = new Desk(signed());
    applied(own.write(owning(Desk.SCOPE), original(own, Desk.SCOPE)));
    assertThat(own.log).hasSize(1);
    assertThat(refusal(own.write(owning(COPIES), original(own, Desk.SCOPE))))
        .isEqualTo(FaultCode.FORBIDDEN);
  }

  @Test
  void theFirstOtherWriteInAScopeOfItsOwnMakesAPrincipalItsAdmin() {
    Desk own = new Desk(signed());
    applied(own.write(owning(Desk.SCOPE), original(own, Desk.SCOPE)));
    applied(own.write(owning(Desk.SCOPE), own.insert("a")));
    assertThat(own.entity(EntityKey.grant(Desk.SCOPE, new PrincipalId("ann"))).data().text())
        .isEqualTo("{\"right\":\"admin\"}");
  }

  @Test
  void foundingAScopeOfItsOwnCountsOn() {
    Desk own = new Desk(signed());
    applied(own.write(owning(Desk.SCOPE), original(own, Desk.SCOPE)));
    applied(own.write(owning(Desk.SCOPE), original(own, Desk.SCOPE)));
    applied(own.write(owning(Desk.SCOPE), own.insert("a")));
    applied(own.write(owning(Desk.SCOPE), own.insert("b")));
    assertThat(own.log)
        .extracting(Change::cause)
        .allMatch(cause -> cause.device().equals(DeviceId.assignedTo(new PrincipalId("ann"))))
        .extracting(Cause::n)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(own.log).extracting(change -> change.cause().base()).isSorted();
  }

  @Test
  void anOriginalThatFoundsItsSignersScopeCountsOn() {
    Desk own = new Desk(signed(), new Noting());
    applied(own.write(owning(Desk.SCOPE), original(own, Desk.SCOPE)));
    assertThat(own.log)
        .extracting(change -> change.entity().model().text())
        .containsExactly("signed", "grant", "note");
    assertThat(own.log).extracting(change -> change.cause().n()).containsExactly(1L, 2L, 3L);
  }

  /// Every signed original is a note too.
  private static final class Noting implements Derivation {

    private static Derived note(Caller caller, WriteKey key, EntityKey of) {
      EntityKey note = new EntityKey(of.scope(), NOTE, of.id());
      return new Derived(caller, Write.insert(new WriteKey(key.text() + "/note"), note, text("n")));
    }

    @Override
    public List<Derived> prospects(Caller caller, Write write, Originals originals) {
      return write.entity().model().equals(SIGNED)
          ? List.of(note(caller, write.key(), write.entity()))
          : List.of();
    }

    @Override
    public List<Derived> of(Caller caller, Change change, Entity after, State now) {
      return change.entity().model().equals(SIGNED)
          ? List.of(note(caller, change.key(), change.entity()))
          : List.of();
    }
  }

  /// A deletion takes along whatever original is found, whose name is the change's that it is.
  private static final class Clearing implements Derivation {

    private static Derived cleared(Caller caller, Found found, WriteKey key) {
      EntityId id = new EntityId("note" + found.id());
      return new Derived(
          caller,
          Write.delete(new WriteKey(key.text() + "/" + id), new EntityKey(Desk.SCOPE, NOTE, id)));
    }

    @Override
    public List<Derived> prospects(Caller caller, Write write, Originals originals) {
      return write.action() == Action.DELETE && !write.key().text().contains("/")
          ? originals.find(Search.ALL).stream()
              .map(found -> cleared(caller, found, write.key()))
              .toList()
          : List.of();
    }

    @Override
    public List<Derived> of(Caller caller, Change change, Entity after, State now) {
      return change.action() == Action.DELETE && !change.key().text().contains("/")
          ? now.originals().find(Search.ALL).stream()
              .map(found -> cleared(caller, found, change.key()))
              .filter(derived -> now.entity(derived.write().entity()) != null)
              .toList()
          : List.of();
    }
  }

  @Test
  void whatIsFoundAmongTheOriginalsIsLookedAtAndWrittenInTheSameCommit() {
    Desk clearing = new Desk(Models.none(), new Clearing());
    Bytes proof = Bytes.of(new byte[] {1});
    clearing.originals =
        search -> List.of(new Found(1, new Spot(1, 1), proof), new Found(7, new Spot(1, 2), proof));
    applied(clearing.write(clearing.insert("a")));
    applied(clearing.write(clearing.insert("note7")));
    applied(clearing.write(Write.delete(clearing.key(), note("a"))));
    assertThat(clearing.log)
        .extracting(change -> change.action() + " " + change.entity().id())
        .containsExactly("INSERT a", "INSERT note7", "DELETE a", "DELETE note7");
  }

  /// Breaks on every entity called `bad`.
  private static final class Breaking implements Derivation {

    private static List<Derived> derived(EntityKey entity) {
      if (entity.id().text().equals("bad")) {
        throw new IllegalStateException("broken");
      }
      return List.of();
    }

    @Override
    public List<Derived> prospects(Caller caller, Write write, Originals originals) {
      return derived(write.entity());
    }

    @Override
    public List<Derived> of(Caller caller, Change change, Entity after, State now) {
      return derived(change.entity());
    }
  }

  @Test
  void aDerivationThatBreaksOnAWriteSpoilsThatWriteAlone() {
    Desk breaking = new Desk(Models.none(), new Breaking());
    List<Outcome> outcomes = breaking.call(false, breaking.insert("bad"), breaking.insert("good"));
    assertThat(refusal(outcomes.getFirst())).isEqualTo(FaultCode.RULE_FAILED);
    applied(outcomes.getLast());
    assertThat(breaking.bugs).hasSize(1);
  }

  @Test
  void aGrantThatWasTakenBackStaysSoInAScopeOfItsOwn() {
    Desk own = new Desk(signed());
    own.write(own.grant("ann", "none"));
    assertThat(refusal(own.write(owning(Desk.SCOPE), own.insert("a"))))
        .isEqualTo(FaultCode.FORBIDDEN);
  }

  private static FaultCode refusal(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      return refused.fault().code();
    }
    throw new AssertionError("not refused: " + outcome);
  }
}
