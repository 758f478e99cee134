package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
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
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.kernel.rule.Sibling;
import dev.anabranch.kernel.rule.Stamp;
import dev.anabranch.kernel.rule.Verdict;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.HashSet;
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
/// grant? (K8) – device count – limits – merge rule (K9) – id, seq, fold (K4) – quota.
public final class Sequencer {

  /// How far a writer's stamp may be ahead of the server's clock before it is held back, in
  /// milliseconds.
  public static final long HLC_AHEAD_MILLIS_MAX = 120_000;

  private final Models models;
  private final MergeInspection inspection;
  private final Derivation derivation;
  private final Quota quota;

  /// A sequencer for these models.
  public Sequencer(Models models) {
    this(models, MergeInspection.NONE, Derivation.NONE, Quota.NONE);
  }

  /// A sequencer for these models.
  ///
  /// @param inspection may refuse what a rule accepts
  /// @param derivation what else changes say
  /// @param quota how much each principal may have in the log
  public Sequencer(Models models, MergeInspection inspection, Derivation derivation, Quota quota) {
    this.models = Objects.requireNonNull(models);
    this.inspection = Objects.requireNonNull(inspection);
    this.derivation = Objects.requireNonNull(derivation);
    this.quota = Objects.requireNonNull(quota);
  }

  /// What [#decide] will look up for these calls, as long as they derive nothing of signed
  /// originals.
  public Needs lookups(List<Commit> calls) {
    return lookups(calls, Originals.NONE);
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
    Lookups lookups = new Lookups(models, derivation, originals);
    calls.forEach(lookups::add);
    return lookups.needs();
  }

  /// Decides over a batch that derives nothing of signed originals, of principals that have nothing
  /// in the log.
  public Decision decide(Loaded loaded, List<Commit> calls, long nowMillis) {
    return decide(loaded, Originals.NONE, Holdings.NONE, calls, nowMillis);
  }

  /// Decides over a batch.
  ///
  /// @param loaded the state it starts from, holding all that [#lookups] named
  /// @param originals those that [#lookups] was called with
  /// @param holdings what principals have in the log, as of before the batch; not asked without a
  ///   quota
  /// @param nowMillis the server's time
  public Decision decide(
      Loaded loaded, Originals originals, Holdings holdings, List<Commit> calls, long nowMillis) {
    inspection.begins();
    Ledger ledger = new Ledger(loaded, originals, quota.isNone() ? null : holdings);
    List<List<Outcome>> outcomes = new ArrayList<>(calls.size());
    Set<CommitChain> open = new HashSet<>();
    for (Commit call : calls) {
      outcomes.add(inChain(ledger, call, nowMillis, open));
    }
    return new Decision(ledger.effects(), outcomes, ledger.bugs(), ledger.moved());
  }

  /// @param open chains of which a call of this batch may be answered otherwise next time
  private List<Outcome> inChain(Ledger ledger, Commit call, long nowMillis, Set<CommitChain> open) {
    CommitChain chain = call.chain();
    if (chain != null && open.contains(chain)) {
      return call.turnedAway(CommitChain.CUT_OFF);
    }
    List<Outcome> outcomes =
        call.atomic() ? together(ledger, call, nowMillis) : each(ledger, call, nowMillis);
    if (chain != null && CommitChain.isOpen(outcomes)) {
      open.add(chain);
    }
    return outcomes;
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
    Outcome outcome = withinQuota(ledger, caller, write, hash, nowMillis);
    if (!(outcome instanceof Outcome.Applied)) {
      ledger.rollBack(mark);
    }
    if (leavesNoChange(outcome, name, ledger)) {
      ledger.remember(new Remembered(name, hash, withoutEntity(outcome)));
      DeviceCount.countAnswered(ledger, caller, write);
    }
    return outcome;
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

  /// Asked last, for only then is it known what a write comes to, with all that it derives: a retry
  /// and a write that changes nothing are never one too many.
  private Outcome withinQuota(
      Ledger ledger, Caller caller, Write write, WriteHash hash, long nowMillis) {
    if (!quota.binds(caller)) {
      return judgedOrBroken(ledger, caller, write, hash, nowMillis);
    }
    Holding before = ledger.held(caller.names());
    Outcome outcome = judgedOrBroken(ledger, caller, write, hash, nowMillis);
    return outcome instanceof Outcome.Applied
        ? quota
            .refuses(caller, write, before, ledger.held(caller.names()))
            .<Outcome>map(Outcome.Refused::new)
            .orElse(outcome)
        : outcome;
  }

  /// A rule or a schema that throws spoils its own write and nothing else of the batch; so does one
  /// that a long text leads too deep, as some patterns of a JSON Schema are.
  private Outcome judgedOrBroken(
      Ledger ledger, Caller caller, Write write, WriteHash hash, long nowMillis) {
    try {
      return judged(ledger, caller, write, hash, nowMillis);
    } catch (StoreFailure edge) {
      throw edge;
    } catch (RuntimeException | StackOverflowError bug) {
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
    DeviceCount count = DeviceCount.of(ledger, caller, write);
    if (count.fault() != null) {
      return new Outcome.Refused(count.fault());
    }
    Optional<Fault> unfit =
        Admission.denies(caller, model, write)
            .or(() -> Fit.refuses(model, write))
            .or(() -> lacksConsent(ledger, caller, write));
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
    return switch (model.rule().judge(current, write, new Stamp(count.cause(), hlc))) {
      case Verdict.Accept accept -> {
        Optional<Fault> refused = Fit.refusesName(accept.action(), write.entity().id(), current);
        if (refused.isEmpty() && accept.action() == Action.MERGE) {
          refused = inspection.refuses(caller, write, current);
        }
        if (refused.isPresent()) {
          yield new Outcome.Refused(refused.get());
        }
        Draft draft = new Draft(write, hash, accept, count.cause(), hlc, nowMillis);
        yield apply(ledger, caller, model, draft);
      }
      case Verdict.Unchanged() -> unchanged(Objects.requireNonNull(current));
      case Verdict.Conflict() -> new Outcome.Conflict(current);
      case Verdict.Refuse(Fault fault) -> new Outcome.Refused(fault);
    };
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
    Optional<Fault> unfit =
        Admission.denies(caller, model, current, after).or(() -> Fit.refuses(model, after));
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
    Optional<Fault> denied = Admission.denies(ledger, caller, model, scope);
    if (denied.isPresent() && Admission.founds(ledger, caller, model, scope)) {
      found(ledger, caller, scope, nowMillis);
      return Optional.empty();
    }
    return denied;
  }

  private Optional<Fault> lacksConsent(Ledger ledger, Caller caller, Write write) {
    return models
        .consentOf(write.entity().model())
        .flatMap(consent -> Admission.lacksConsent(ledger, caller, consent, write));
  }

  /// The scope's first change says who its admin is.
  private void found(Ledger ledger, Caller caller, ScopeName scope, long nowMillis) {
    EntityKey grant = EntityKey.grant(scope, caller.principal());
    JsonObject data = JsonObject.of("right", new JsonString(Right.ADMIN.word()));
    Write founding = Write.insert(WriteKey.FOUNDING, grant, data);
    Draft draft =
        new Draft(
            founding,
            WriteHash.of(founding),
            new Verdict.Accept(Action.INSERT, data, null),
            DeviceCount.of(ledger, caller, founding).cause(),
            ledger.nextHlc(nowMillis),
            nowMillis);
    apply(ledger, caller, models.of(grant.model()), draft);
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

  static Remembered.Name name(Caller caller, Write write) {
    return new Remembered.Name(write.entity().scope(), caller.principal(), write.key());
  }
}
