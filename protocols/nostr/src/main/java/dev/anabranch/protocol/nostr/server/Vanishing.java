package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.rule.AppendRule;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.rule.VersionedRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.nostr.event.EventId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/// Takes back what somebody wrote of entities (NIP-62): in the state by a change that says so, and
/// in the log, where what they wrote is blanked in the same commit. State stays the fold of the log
/// (K4), for the change names every field that the blanked ones had set.
///
/// What nobody else wrote to is deleted; of the rest the fields go that they set, and what others
/// had set them to before comes back. An entity that cannot be told apart so – with another rule
/// than `versioned`, or a schema that wants all parts – is deleted whole; in the log only what they
/// wrote is blanked of it. Documents and what is only ever appended stay.
///
/// Stages fail with [BrokenOff] when something was refused for another reason, such as a store that
/// is away: what is done by then is done, and the rest when the request is made again.
final class Vanishing {

  private static final PageLimit PAGE = new PageLimit(1_000, 1024 * 1024);
  private static final int ENTITIES_AT_ONCE = 200;
  private static final int ID_CHARS = 64;

  private final Kernel kernel;
  private final EventId request;
  private final Set<PrincipalId> names;
  private final Set<PrincipalId> blanked;
  private final long untilMillis;
  private final long untilStamp;
  private final Set<String> late = new HashSet<>();

  /// A vanishing.
  ///
  /// @param request the event that asks for it
  /// @param names who vanishes
  /// @param untilSeconds what they wrote later stays
  Vanishing(Kernel kernel, EventId request, Set<PrincipalId> names, long untilSeconds) {
    this.kernel = kernel;
    this.request = request;
    this.names = Set.copyOf(names);
    this.untilMillis = untilSeconds * 1000 + 999;
    this.untilStamp = NostrChanges.stamp(untilSeconds);
    Set<PrincipalId> all = new HashSet<>(names);
    all.add(PrincipalId.ERASER);
    this.blanked = Set.copyOf(all);
  }

  /// Takes back what is in some scopes, one after the other.
  CompletionStage<Boolean> from(Iterable<ScopeName> scopes) {
    return lateOf(names.iterator()).thenCompose(ignored -> next(scopes.iterator()));
  }

  private CompletionStage<Boolean> next(Iterator<ScopeName> scopes) {
    return scopes.hasNext()
        ? portion(scopes.next(), 0).thenCompose(ignored -> next(scopes))
        : done();
  }

  /// The events that came after the time of the request and say that they are of before.
  private CompletionStage<Boolean> lateOf(Iterator<PrincipalId> authors) {
    if (!authors.hasNext()) {
      return done();
    }
    return each(
            SeedChanges.own(authors.next()),
            0,
            change -> {
              if (change.entity().model().equals(NostrChanges.EVENT)
                  && change.at() > untilMillis
                  && change.hlc() <= untilStamp) {
                late.add(change.key().text());
              }
              return true;
            })
        .thenCompose(ignored -> lateOf(authors));
  }

  /// So many entities at once that they wrote to, and what everybody wrote to these.
  private final class Portion {
    final Map<EntityKey, WrittenParts> parts = new LinkedHashMap<>();
    long lastId;

    /// Whether there is room for more.
    boolean find(Change change) {
      lastId = change.id();
      if (isTheirs(change) && (change.data() != null || change.body() != null)) {
        parts.computeIfAbsent(change.entity(), ignored -> new WrittenParts());
      }
      return parts.size() < ENTITIES_AT_ONCE;
    }

    boolean add(Change change) {
      WrittenParts part = parts.get(change.entity());
      if (part != null) {
        part.add(change, names.contains(change.author()), isTheirs(change));
      }
      return true;
    }

    List<Write> writes() {
      List<Write> writes = new ArrayList<>();
      parts.forEach((entity, part) ->
          writes.add(
              part.write(request, entity, blanked, rule(entity.model()) instanceof VersionedRule)));
      return writes;
    }
  }

  /// Reads the log twice, from the last portion's end and from the floor.
  private CompletionStage<Boolean> portion(ScopeName scope, long afterId) {
    Portion portion = new Portion();
    return each(scope, afterId, portion::find)
        .thenCompose(isAll ->
            portion.parts.isEmpty()
                ? done()
                : each(scope, 0, portion::add)
                    .thenCompose(ignored -> commit(portion.writes()))
                    .thenCompose(isDone ->
                        isDone && isAll
                            ? done()
                            : portion(scope, isDone ? portion.lastId : afterId)));
  }

  private boolean isTheirs(Change change) {
    return names.contains(change.author())
        && (change.at() <= untilMillis || isOfALateEvent(change.key().text()))
        && isTaken(change);
  }

  private boolean isOfALateEvent(String key) {
    return key.length() > ID_CHARS && late.contains(key.substring(0, ID_CHARS));
  }

  private boolean isTaken(Change change) {
    ModelName model = change.entity().model();
    MergeRule rule = rule(model);
    return !model.equals(ModelName.GRANT)
        && !model.equals(NostrChanges.EVENT)
        && !(rule instanceof AppendRule)
        && !(rule instanceof DocumentRule);
  }

  private MergeRule rule(ModelName model) {
    return kernel.models().of(model).rule();
  }

  /// Whether nothing changed meanwhile; if something did, all of it is to be looked at again.
  private CompletionStage<Boolean> commit(List<Write> writes) {
    return kernel
        .commit(new Commit(NostrChanges.eraser(), writes, false))
        .thenCompose(outcomes -> {
          List<Write> whole = whole(writes, outcomes);
          boolean isStale = isStale(outcomes);
          return whole.isEmpty()
              ? CompletableFuture.completedFuture(!isStale)
              : kernel
                  .commit(new Commit(NostrChanges.eraser(), whole, false))
                  .thenApply(
                      answers -> BrokenOff.unlessDone(answers) && !isStale(answers) && !isStale);
        });
  }

  /// Deletes whole what its schema wants to have all parts of.
  ///
  /// @throws BrokenOff when something was refused for another reason
  private List<Write> whole(List<Write> writes, List<Outcome> outcomes) {
    List<Write> whole = new ArrayList<>();
    for (int index = 0; index < writes.size(); index++) {
      if (BrokenOff.first(outcomes.get(index)) instanceof Outcome.Refused(Fault fault)) {
        Write write = writes.get(index);
        if (write.action() == Action.UPDATE && fault.code() == FaultCode.SCHEMA) {
          WriteKey key = new WriteKey(write.key() + "/whole");
          long version = Objects.requireNonNull(write.expectedVersion());
          whole.add(Write.delete(key, write.entity()).expecting(version).erasing(blanked));
        } else if (!BrokenOff.isGone(fault)) {
          throw new BrokenOff(fault);
        }
      }
    }
    return whole;
  }

  private static boolean isStale(List<Outcome> outcomes) {
    return outcomes.stream()
        .anyMatch(outcome -> BrokenOff.first(outcome) instanceof Outcome.Conflict);
  }

  /// Reads a scope's log behind an id until somebody has enough; whether it was read to its end.
  private CompletionStage<Boolean> each(
      ScopeName scope, long afterId, Predicate<Change> wantsMore) {
    return kernel
        .head(NostrChanges.relay(), scope)
        .thenCompose(answer -> pages(scope, Math.max(afterId, given(answer).floorId()), wantsMore));
  }

  private CompletionStage<Boolean> pages(
      ScopeName scope, long afterId, Predicate<Change> wantsMore) {
    return kernel
        .read(NostrChanges.relay(), scope, afterId, PAGE)
        .thenCompose(answer ->
            switch (given(answer)) {
              case Reading.Page page when page.changes().isEmpty() -> done();
              case Reading.Page page ->
                  page.changes().stream().allMatch(wantsMore)
                      ? pages(scope, page.changes().getLast().id(), wantsMore)
                      : CompletableFuture.completedFuture(false);
              case Reading.Refetch ignored -> each(scope, afterId, wantsMore);
            });
  }

  private static <T> T given(Answer<T> answer) {
    return switch (answer) {
      case Answer.Given<T>(T value) -> value;
      case Answer.Refused<T>(Fault fault) -> throw new BrokenOff(fault);
    };
  }

  private static CompletionStage<Boolean> done() {
    return CompletableFuture.completedFuture(true);
  }
}
