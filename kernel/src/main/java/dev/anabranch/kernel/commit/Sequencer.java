package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.model.Consent;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.rule.Sibling;
import dev.anabranch.kernel.rule.Stamp;
import dev.anabranch.kernel.rule.Verdict;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns a batch of calls into changes and outcomes: the only place where ids and seqs are taken
/// (K1).
///
/// A pure step machine. One batch is one transaction of the store; the thread that drives it and
/// the queue in front of it are the server's. Every write goes the same way: seen this key? (K2) –
/// grant? (K8) – device count – limits – merge rule (K9) – id, seq, fold (K4).
public final class Sequencer {

  /// How far a writer's stamp may be ahead of the server's clock before it is held back, in
  /// milliseconds.
  public static final long HLC_AHEAD_MILLIS_MAX = 120_000;

  private final Models models;
  private final MergeInspection inspection;
  private final Derivation derivation;

  /// A sequencer for these models.
  public Sequencer(Models models) {
    this(models, MergeInspection.NONE, Derivation.NONE);
  }

  /// A sequencer for these models.
  ///
  /// @param inspection may refuse what a rule accepts
  /// @param derivation what else changes say
  public Sequencer(Models models, MergeInspection inspection, Derivation derivation) {
    this.models = Objects.requireNonNull(models);
    this.inspection = Objects.requireNonNull(inspection);
    this.derivation = Objects.requireNonNull(derivation);
  }

  /// What [#decide] will look up for these calls, consents and what they derive included.
  ///
  /// @param originals those that [#decide] is called with
  public Needs lookups(List<Commit> calls, Originals originals) {
    List<Search> searches = new ArrayList<>();
    Needs without =
        needs(
            calls,
            search -> {
              searches.add(search);
              return List.of();
            });
    if (searches.isEmpty()) {
      return without;
    }
    originals.expect(searches);
    return needs(calls, originals);
  }

  private Needs needs(List<Commit> calls, Originals originals) {
    Lookups lookups = new Lookups();
    for (Commit call : calls) {
      for (Write write : call.writes()) {
        lookUp(lookups, call.caller(), write, originals);
      }
    }
    return lookups.needs();
  }

  private void lookUp(Lookups lookups, Caller caller, Write write, Originals originals) {
    if (isVouched(caller, models.of(write.entity().model()), write.entity().scope())) {
      lookups.addOwn(caller, write);
    } else {
      lookups.add(caller, write);
    }
    models
        .consentOf(write.entity().model())
        .flatMap(consent -> consent.of(write))
        .ifPresent(entity -> lookups.addConsent(caller, entity));
    prospects(caller, write, originals)
        .forEach(derived -> lookUp(lookups, derived.caller(), derived.write(), originals));
  }

  /// Nothing where the derivation breaks on a write: it breaks again when that is judged, and
  /// spoils that write alone.
  private List<Derivation.Derived> prospects(Caller caller, Write write, Originals originals) {
    try {
      return derivation.prospects(caller, write, originals);
    } catch (StoreFailure edge) {
      throw edge;
    } catch (RuntimeException bug) {
      return List.of();
    }
  }

  /// What [#decide] will look up for these calls, as long as no model asks for consent and nothing
  /// is derived.
  public static Needs needs(List<Commit> calls) {
    Lookups lookups = new Lookups();
    for (Commit call : calls) {
      call.writes().forEach(write -> lookups.add(call.caller(), write));
    }
    return lookups.needs();
  }

  /// Decides over a batch that derives nothing of signed originals.
  public Decision decide(Loaded loaded, List<Commit> calls, long nowMillis) {
    return decide(loaded, Originals.NONE, calls, nowMillis);
  }

  /// Decides over a batch.
  ///
  /// @param loaded the state it starts from, holding all that [#lookups] named
  /// @param originals those that [#lookups] was called with
  /// @param nowMillis the server's time
  public Decision decide(Loaded loaded, Originals originals, List<Commit> calls, long nowMillis) {
    inspection.begins();
    Ledger ledger = new Ledger(loaded, originals);
    List<List<Outcome>> outcomes = new ArrayList<>(calls.size());
    for (Commit call : calls) {
      outcomes.add(
          call.atomic() ? together(ledger, call, nowMillis) : each(ledger, call, nowMillis));
    }
    return new Decision(ledger.effects(), outcomes, ledger.bugs());
  }

  private List<Outcome> each(Ledger ledger, Commit call, long nowMillis) {
    List<Outcome> outcomes = new ArrayList<>(call.writes().size());
    for (int index = 0; index < call.writes().size(); index++) {
      outcomes.add(one(ledger, call, index, nowMillis));
    }
    return outcomes;
  }

  private List<Outcome> together(Ledger ledger, Commit call, long nowMillis) {
    List<Outcome> outcomes = new ArrayList<>(call.writes().size());
    int mark = ledger.mark();
    for (int index = 0; index < call.writes().size(); index++) {
      Outcome outcome = one(ledger, call, index, nowMillis);
      outcomes.add(outcome);
      if (!isGood(outcome)) {
        ledger.rollBack(mark);
        EntityKey entity = call.writes().get(index).entity();
        boolean conflict = outcome instanceof Outcome.Conflict;
        Outcome reason = conflict ? new Outcome.Conflict(ledger.entity(entity)) : outcome;
        return aborted(call.writes().size(), index, reason);
      }
    }
    return outcomes;
  }

  private static boolean isGood(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Applied ignored -> true;
      case Outcome.Duplicate(Outcome first) -> first instanceof Outcome.Applied;
      case Outcome.Conflict ignored -> false;
      case Outcome.Refused ignored -> false;
    };
  }

  private static List<Outcome> aborted(int writes, int failed, Outcome reason) {
    List<Outcome> outcomes = new ArrayList<>(writes);
    for (int index = 0; index < writes; index++) {
      outcomes.add(
          index == failed
              ? reason
              : Outcome.refused(
                  FaultCode.BATCH_ABORTED,
                  "nothing of this batch was applied, because its write number "
                      + (failed + 1)
                      + " was not"));
    }
    return outcomes;
  }

  private Outcome one(Ledger ledger, Commit call, int index, long nowMillis) {
    Caller caller = call.caller();
    Write write = call.writes().get(index);
    if (write.key().equals(WriteKey.FOUNDING)) {
      return Outcome.refused(
          FaultCode.KEY_REUSED,
          "the key " + write.key() + " is the server's own; choose another key");
    }
    WriteHash hash = call.hash(index);
    Remembered.Name name = name(caller, write);
    Remembered first = ledger.remembered(name);
    if (first != null) {
      return again(ledger, first, hash, write);
    }
    int mark = ledger.mark();
    Outcome outcome = judgedOrBroken(ledger, caller, write, hash, nowMillis);
    if (!(outcome instanceof Outcome.Applied)) {
      ledger.rollBack(mark);
    }
    if (leavesNoChange(outcome, name, ledger)) {
      ledger.remember(new Remembered(name, hash, withoutEntity(outcome)));
      countAnswered(ledger, caller, write);
    }
    return outcome;
  }

  /// A device that counts has counted this write too: its answer is final, and the next count must
  /// not be a gap (K9).
  private static void countAnswered(Ledger ledger, Caller caller, Write write) {
    if (write.cause() == null || write.cause().n() == null) {
      return;
    }
    Counting counting = count(ledger, caller, write);
    if (counting.fault() == null) {
      Cause cause = counting.cause();
      ScopeName scope = write.entity().scope();
      DeviceState before = ledger.device(new DeviceName(scope, cause.device()));
      long base = before == null ? 0 : before.base();
      ledger.count(new DeviceState(scope, cause.device(), caller.principal(), cause.n(), base));
    }
  }

  private static Outcome again(Ledger ledger, Remembered first, WriteHash hash, Write write) {
    if (!first.hash().equals(hash)) {
      return Outcome.refused(
          FaultCode.KEY_REUSED,
          "the key " + write.key() + " was used before for another write; choose a new key");
    }
    if (!(first.outcome() instanceof Outcome.Applied applied)) {
      return new Outcome.Duplicate(first.outcome());
    }
    Entity now = ledger.entity(write.entity());
    boolean unmoved = now != null && now.version() == applied.version();
    return new Outcome.Duplicate(
        new Outcome.Applied(applied.id(), applied.seq(), applied.version(), unmoved ? now : null));
  }

  private static boolean leavesNoChange(Outcome outcome, Remembered.Name name, Ledger ledger) {
    return switch (outcome) {
      case Outcome.Applied ignored -> ledger.remembered(name) == null;
      case Outcome.Conflict ignored -> true;
      case Outcome.Refused(Fault fault) -> fault.code().isRemembered();
      case Outcome.Duplicate ignored -> false;
    };
  }

  private static Outcome withoutEntity(Outcome outcome) {
    return outcome instanceof Outcome.Applied applied
        ? new Outcome.Applied(applied.id(), applied.seq(), applied.version(), null)
        : outcome;
  }

  /// A rule or a schema that throws spoils its own write and nothing else of the batch.
  private Outcome judgedOrBroken(
      Ledger ledger, Caller caller, Write write, WriteHash hash, long nowMillis) {
    try {
      return judged(ledger, caller, write, hash, nowMillis);
    } catch (StoreFailure edge) {
      throw edge;
    } catch (RuntimeException bug) {
      ledger.broke(
          new IllegalStateException(
              "the rule or schema of " + write.entity() + " broke on the write " + write.key(),
              bug));
      return Outcome.refused(
          FaultCode.RULE_FAILED,
          "the server broke on this write of a "
              + write.entity().model()
              + "; its log says why. Nothing of it was applied");
    }
  }

  private Outcome judged(
      Ledger ledger, Caller caller, Write write, WriteHash hash, long nowMillis) {
    Model model = models.of(write.entity().model());
    Optional<Fault> denied = denied(ledger, caller, model, write, nowMillis);
    if (denied.isPresent()) {
      return new Outcome.Refused(denied.get());
    }
    Counting counting = count(ledger, caller, write);
    if (counting.fault() != null) {
      return new Outcome.Refused(counting.fault());
    }
    Optional<Fault> unfit =
        unfit(caller, model, write).or(() -> withoutConsent(ledger, caller, write));
    if (unfit.isPresent()) {
      return new Outcome.Refused(unfit.get());
    }
    long hlc = hlc(ledger, model, write, nowMillis);
    if (isBarred(ledger, write, hlc)) {
      return Outcome.refused(FaultCode.SUPERSEDED, "what this would bring back was deleted");
    }
    if (isElsewhere(ledger, write)) {
      return Outcome.refused(FaultCode.SUPERSEDED, "this is here already, in another place");
    }
    Entity current = ledger.entity(write.entity());
    if (write.onlyNew() && current != null) {
      return unchanged(current);
    }
    if (isErasingTheDead(write, current)) {
      ledger.erase(Objects.requireNonNull(current), Objects.requireNonNull(write.erases()));
      return unchanged(Objects.requireNonNull(current));
    }
    return switch (model.rule().judge(current, write, new Stamp(counting.cause(), hlc))) {
      case Verdict.Accept accept -> {
        Optional<Fault> refused = unnameable(write, accept, current);
        if (refused.isEmpty() && accept.action() == Action.MERGE) {
          refused = inspection.refuses(caller, write, current);
        }
        if (refused.isPresent()) {
          yield new Outcome.Refused(refused.get());
        }
        Draft draft = new Draft(write, hash, accept, counting.cause(), hlc, nowMillis);
        yield apply(ledger, caller, model, draft);
      }
      case Verdict.Unchanged() -> unchanged(Objects.requireNonNull(current));
      case Verdict.Conflict() -> new Outcome.Conflict(current);
      case Verdict.Refuse(Fault fault) -> new Outcome.Refused(fault);
    };
  }

  /// What was made under such an id before it was refused can still be changed and deleted.
  private static Optional<Fault> unnameable(
      Write write, Verdict.Accept accept, @Nullable Entity current) {
    boolean makes = (current == null || current.deleted()) && accept.action() != Action.DELETE;
    EntityId id = write.entity().id();
    return makes && id.isStepInUrl()
        ? Optional.of(
            new Fault(
                FaultCode.INVALID,
                "the id "
                    + id
                    + " is a step in a URL's path, which clients take out of it; choose another"))
        : Optional.empty();
  }

  private static boolean isBarred(Ledger ledger, Write write, long hlc) {
    return write.barredBy().stream()
        .anyMatch(tombstone -> NewestRule.isDeletedAt(ledger.entity(tombstone), hlc));
  }

  private static boolean isElsewhere(Ledger ledger, Write write) {
    return write.barredBy().stream()
        .filter(place -> !place.equals(write.entity()))
        .map(ledger::entity)
        .anyMatch(there -> there != null && !there.deleted());
  }

  /// What was deleted before stays deleted; what the log still says of it goes. Where a version
  /// beside the deletion is alive, its rule decides as ever: the state must stay the fold (K4).
  private static boolean isErasingTheDead(Write write, @Nullable Entity current) {
    return write.erases() != null
        && write.action() == Action.DELETE
        && current != null
        && current.deleted()
        && (write.expectedVersion() == null || write.expectedVersion() == 0)
        && Sibling.of(current).stream().allMatch(Sibling::deleted);
  }

  private static boolean mayErase(Caller caller, Write write, Set<PrincipalId> authors) {
    return caller.authority().ownsServer()
        || caller.authority().own().contains(write.entity().scope())
        || (write.action() == Action.DELETE
            && !authors.isEmpty()
            && authors.stream()
                .allMatch(
                    each -> each.equals(PrincipalId.ERASER) || caller.names().contains(each)));
  }

  private static Outcome unchanged(Entity current) {
    return new Outcome.Applied(current.id(), current.seq(), current.version(), current);
  }

  /// A write that its rule accepted, on its way to becoming a change.
  private record Draft(
      Write write, WriteHash hash, Verdict.Accept accept, Cause cause, long hlc, long nowMillis) {}

  private Outcome apply(Ledger ledger, Caller caller, Model model, Draft draft) {
    Write write = draft.write();
    Entity current = ledger.entity(write.entity());
    Change change = change(ledger, caller, draft, current);
    Entity after = model.rule().advance(current, change);
    Optional<Fault> unfit = unfitAfter(model, after);
    if (unfit.isPresent()) {
      return new Outcome.Refused(unfit.get());
    }
    Marking marking = model.marking();
    Optional<Mark> mark =
        marking == null || change.action() == Action.DELETE ? Optional.empty() : marking.of(change);
    if (marking != null && change.action() != Action.DELETE && mark.isEmpty()) {
      return Outcome.refused(
          FaultCode.INVALID, "a " + model.name() + " comes in with its signed original only");
    }
    Cause cause = draft.cause();
    DeviceState device =
        new DeviceState(
            change.scope(), cause.device(), caller.principal(), cause.n(), cause.base());
    ledger.log(change, draft.hash(), after, device);
    mark.ifPresent(fresh -> ledger.mark(new Marked(change, fresh)));
    if (marking != null && current != null && !current.deleted()) {
      ledger.unmark(current.id());
      if (after.deleted()) {
        ledger.erase(current, Set.of());
      }
    }
    Set<PrincipalId> erases = write.erases();
    if (erases != null && current != null) {
      ledger.erase(current, erases);
    }
    Optional<Fault> incomplete = derive(ledger, caller, change, after);
    return incomplete.isPresent()
        ? new Outcome.Refused(incomplete.get())
        : new Outcome.Applied(change.id(), change.seq(), change.version(), after);
  }

  /// Applies what else a change says, and says why it cannot be. The caller takes back what was
  /// done up to there.
  private Optional<Fault> derive(Ledger ledger, Caller caller, Change change, Entity after) {
    for (Derivation.Derived derived : derivation.of(caller, change, after, ledger)) {
      Caller by = derived.caller();
      Write write = derived.write();
      if (ledger.remembered(name(by, write)) != null) {
        return Optional.of(
            new Fault(
                FaultCode.KEY_REUSED,
                "the key " + write.key() + " was used before, for another write"));
      }
      Outcome outcome = judged(ledger, by, write, WriteHash.of(write), change.at());
      if (outcome instanceof Outcome.Refused(Fault fault)) {
        return Optional.of(fault);
      }
      if (outcome instanceof Outcome.Conflict(Entity current)) {
        return Optional.of(
            new Fault(
                FaultCode.SUPERSEDED,
                write.entity().model()
                    + " "
                    + write.entity().id()
                    + (current == null
                        ? " is not there"
                        : " has the version " + current.version() + " now")));
      }
    }
    return Optional.empty();
  }

  private static Change change(
      Ledger ledger, Caller caller, Draft draft, @Nullable Entity current) {
    Write write = draft.write();
    return new Change(
        ledger.nextId(),
        ledger.scope(write.entity().scope()).seq() + 1,
        write.entity(),
        draft.accept().action(),
        current == null ? 1 : current.version() + 1,
        draft.accept().data(),
        draft.accept().body(),
        write.key(),
        caller.principal(),
        draft.cause(),
        draft.hlc(),
        current == null ? 0 : current.seq(),
        write.proof(),
        caller.origin(),
        draft.nowMillis(),
        false);
  }

  private Optional<Fault> denied(
      Ledger ledger, Caller caller, Model model, Write write, long nowMillis) {
    ScopeName scope = write.entity().scope();
    if (isVouched(caller, model, scope)) {
      return Optional.empty();
    }
    Right needed = model.writer();
    Right held = Authorizer.rightOf(caller, scope, ledger::entity);
    if (held.covers(needed)) {
      return Optional.empty();
    }
    if (founds(ledger, caller, scope, needed)) {
      found(ledger, caller, scope, nowMillis);
      return Optional.empty();
    }
    return Optional.of(
        new Fault(
            FaultCode.FORBIDDEN,
            caller.principal()
                + " has the right "
                + held.word()
                + " in "
                + scope
                + "; this write needs "
                + needed.word()));
  }

  /// Whether the signed original is the right to write: in the signer's own scope no grant is
  /// asked.
  private static boolean isVouched(Caller caller, Model model, ScopeName scope) {
    return model.marking() != null
        && caller.authority().own().contains(scope)
        && caller.authority().ceilingIn(scope).covers(model.writer());
  }

  private static boolean founds(Ledger ledger, Caller caller, ScopeName scope, Right needed) {
    return caller.authority().mayCreate()
        && !scope.isPrivate()
        && caller.authority().ceilingIn(scope).covers(needed)
        && (ledger.scope(scope).seq() == 0
            || (caller.authority().own().contains(scope)
                && ledger.entity(EntityKey.grant(scope, caller.principal())) == null));
  }

  /// The first writer of an unknown scope becomes its admin, and so does a principal in a scope of
  /// its own that never granted it anything: the scope's first change says so.
  private void found(Ledger ledger, Caller caller, ScopeName scope, long nowMillis) {
    EntityKey grant = EntityKey.grant(scope, caller.principal());
    JsonObject data = JsonObject.of("right", new JsonString(Right.ADMIN.word()));
    Write founding = Write.insert(WriteKey.FOUNDING, grant, data);
    Draft draft =
        new Draft(
            founding,
            WriteHash.of(founding),
            new Verdict.Accept(Action.INSERT, data, null),
            count(ledger, caller, founding).cause(),
            ledger.nextHlc(nowMillis),
            nowMillis);
    apply(ledger, caller, models.of(grant.model()), draft);
  }

  private static Optional<Fault> unfit(Caller caller, Model model, Write write) {
    Set<PrincipalId> erases = write.erases();
    if (erases != null && !mayErase(caller, write, erases)) {
      return Optional.of(
          new Fault(FaultCode.FORBIDDEN, "only the server's owner erases what others wrote"));
    }
    JsonObject data = write.data();
    if (data != null && !caller.authority().ownsServer()) {
      for (String field : model.serverOwned()) {
        if (data.fields().containsKey(field)) {
          return Optional.of(
              new Fault(
                  FaultCode.SERVER_OWNED, "the field " + field + " is written by the server only"));
        }
      }
    }
    return tooLarge(model, data, write.body());
  }

  private Optional<Fault> withoutConsent(Ledger ledger, Caller caller, Write write) {
    Consent consent = models.consentOf(write.entity().model()).orElse(null);
    if (consent == null || !consent.isAsked(write)) {
      return Optional.empty();
    }
    boolean given =
        consent
            .of(write)
            .filter(entity ->
                Authorizer.rightOf(caller, entity.scope(), ledger::entity).covers(Right.READ))
            .filter(entity -> consent.isGivenBy(ledger.entity(entity)))
            .isPresent();
    return given
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.FORBIDDEN,
                "the field "
                    + consent.field()
                    + " of a "
                    + write.entity().model()
                    + " must name a "
                    + consent.model()
                    + " that its writer may read and whose "
                    + consent.flag()
                    + " is true"));
  }

  private static Optional<Fault> tooLarge(
      Model model, @Nullable JsonObject data, @Nullable Bytes body) {
    int bytes =
        Math.max(
            data == null ? 0 : Utf8.lengthAbove(model.bytesMax(), data.text()),
            body == null ? 0 : body.size());
    return bytes <= model.bytesMax()
        ? Optional.empty()
        : Optional.of(
            new Fault(
                FaultCode.TOO_LARGE,
                "a "
                    + model.name()
                    + " of "
                    + bytes
                    + " bytes is larger than the "
                    + model.bytesMax()
                    + " that are allowed"));
  }

  private static Optional<Fault> unfitAfter(Model model, Entity after) {
    if (after.deleted()) {
      return Optional.empty();
    }
    Optional<Fault> tooLarge = tooLarge(model, after.data(), after.body());
    return tooLarge.isPresent()
        ? tooLarge
        : model.schema().violation(after.data()).map(what -> new Fault(FaultCode.SCHEMA, what));
  }

  /// A settled cause, or why there is none.
  private record Counting(Cause cause, @Nullable Fault fault) {}

  private static Counting count(Ledger ledger, Caller caller, Write write) {
    ScopeName scope = write.entity().scope();
    DeviceId device = deviceOf(caller, write);
    DeviceState state = ledger.device(new DeviceName(scope, device));
    long next = state == null ? 1 : state.n() + 1;
    Cause cause = new Cause(device, next, base(ledger, write, state));
    CausalClaim claim = write.cause();
    if (state != null && !state.principal().equals(caller.principal())) {
      return new Counting(
          cause,
          new Fault(
              FaultCode.DEVICE_TAKEN,
              "the device " + device + " belongs to another principal; choose another device id"));
    }
    if (claim != null && claim.n() != null && claim.n() != next) {
      return new Counting(
          cause,
          new Fault(
              FaultCode.DEVICE_GAP,
              "the device " + device + " counts " + claim.n() + ", but " + next + " is next"));
    }
    return new Counting(cause, null);
  }

  /// A claimed base is at most the head and never below the device's earlier one; without a claim
  /// it is the seq of the version that the writer named, or the head.
  private static long base(Ledger ledger, Write write, @Nullable DeviceState state) {
    ScopeHead head = ledger.scope(write.entity().scope());
    Entity current = ledger.entity(write.entity());
    long earlier = state == null ? 0 : state.base();
    if (write.cause() != null && write.cause().base() != null) {
      return Math.max(earlier, Math.min(write.cause().base(), head.seq()));
    }
    boolean named =
        write.expectedVersion() != null
            && current != null
            && current.version() == write.expectedVersion();
    return Math.max(earlier, named ? Objects.requireNonNull(current).seq() : head.seq());
  }

  private static long hlc(Ledger ledger, Model model, Write write, long nowMillis) {
    if (write.hlc() == 0) {
      return ledger.nextHlc(nowMillis);
    }
    if (model.rule() instanceof NewestRule) {
      return write.hlc(); // its order must be the same on every server, so it is never moved
    }
    return Hlc.clamp(write.hlc(), nowMillis, HLC_AHEAD_MILLIS_MAX);
  }

  static DeviceId deviceOf(Caller caller, Write write) {
    return write.cause() == null ? DeviceId.assignedTo(caller.principal()) : write.cause().device();
  }

  static Remembered.Name name(Caller caller, Write write) {
    return new Remembered.Name(write.entity().scope(), caller.principal(), write.key());
  }
}
