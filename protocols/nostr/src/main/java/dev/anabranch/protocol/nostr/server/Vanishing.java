package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/// Takes back what somebody wrote of entities (NIP-62): in the state by a change that says so, and
/// in the log, where what they wrote is blanked in the same commit. State stays the fold of the log
/// (K4), for the change names every field that the blanked ones had set.
///
/// What nobody else wrote to is deleted; of the rest the fields go that they set, and what others
/// had set them to before comes back. An entity that cannot be told apart so – with another rule
/// than `versioned` – is deleted whole. Documents and what is only ever appended stay.
final class Vanishing {

  private static final PageLimit PAGE = new PageLimit(1_000, 1024 * 1024);
  private static final int CHUNK = 200;

  private final Kernel kernel;
  private final EventId request;
  private final Set<PrincipalId> names;
  private final long untilMillis;

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
  }

  /// Takes back what is in some scopes, one after the other.
  CompletionStage<Boolean> from(Iterable<ScopeName> scopes) {
    return next(scopes.iterator());
  }

  private CompletionStage<Boolean> next(Iterator<ScopeName> scopes) {
    return scopes.hasNext() ? from(scopes.next()).thenCompose(ignored -> next(scopes)) : done();
  }

  /// Two readings of the log: which entities they wrote to, and who else did.
  private CompletionStage<Boolean> from(ScopeName scope) {
    Map<EntityKey, WrittenParts> parts = new LinkedHashMap<>();
    return each(
            scope,
            change -> {
              if (isTheirs(change) && (change.data() != null || change.body() != null)) {
                parts.computeIfAbsent(change.entity(), ignored -> new WrittenParts());
              }
            })
        .thenCompose(ignored ->
            parts.isEmpty()
                ? done()
                : each(
                    scope,
                    change -> {
                      WrittenParts part = parts.get(change.entity());
                      if (part != null) {
                        part.add(change, names.contains(change.author()), isTheirs(change));
                      }
                    }))
        .thenCompose(ignored -> commit(scope, writes(parts), 0));
  }

  private boolean isTheirs(Change change) {
    return names.contains(change.author()) && change.at() <= untilMillis && isTaken(change);
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

  private List<Write> writes(Map<EntityKey, WrittenParts> parts) {
    List<Write> writes = new ArrayList<>();
    parts.forEach((entity, part) ->
        writes.add(
            part.write(request, entity, names, rule(entity.model()) instanceof VersionedRule)));
    return writes;
  }

  /// Whatever changed meanwhile is looked at again.
  private CompletionStage<Boolean> commit(ScopeName scope, List<Write> writes, int from) {
    if (from >= writes.size()) {
      return done();
    }
    List<Write> chunk = writes.subList(from, Math.min(writes.size(), from + CHUNK));
    return kernel
        .commit(new Commit(NostrChanges.eraser(), chunk, false))
        .thenCompose(outcomes ->
            outcomes.stream().anyMatch(Vanishing::isStale)
                ? from(scope)
                : whole(chunk, outcomes)
                    .thenCompose(ignored -> commit(scope, writes, from + CHUNK)));
  }

  /// Deletes whole what its schema wants to have all parts of.
  private CompletionStage<Boolean> whole(List<Write> chunk, List<Outcome> outcomes) {
    List<Write> writes = new ArrayList<>();
    for (int index = 0; index < chunk.size(); index++) {
      Write write = chunk.get(index);
      if (write.action() == Action.UPDATE && outcomes.get(index) instanceof Outcome.Refused) {
        WriteKey key = new WriteKey(write.key() + "/whole");
        writes.add(Write.delete(key, write.entity()).erasing(Set.of()));
      }
    }
    return writes.isEmpty()
        ? done()
        : kernel
            .commit(new Commit(NostrChanges.eraser(), writes, false))
            .thenApply(ignored -> true);
  }

  private static boolean isStale(Outcome outcome) {
    return outcome instanceof Outcome.Conflict
        || (outcome instanceof Outcome.Duplicate(Outcome first) && isStale(first));
  }

  private CompletionStage<Boolean> each(ScopeName scope, Consumer<Change> consumer) {
    return kernel
        .head(NostrChanges.relay(), scope)
        .thenCompose(answer -> each(scope, given(answer).floorId(), consumer));
  }

  private CompletionStage<Boolean> each(ScopeName scope, long afterId, Consumer<Change> consumer) {
    return kernel
        .read(NostrChanges.relay(), scope, afterId, PAGE)
        .thenCompose(answer ->
            switch (given(answer)) {
              case Reading.Page page when page.changes().isEmpty() -> done();
              case Reading.Page page -> {
                page.changes().forEach(consumer);
                yield each(scope, page.changes().getLast().id(), consumer);
              }
              case Reading.Refetch ignored -> each(scope, consumer);
            });
  }

  private static <T> T given(Answer<T> answer) {
    return switch (answer) {
      case Answer.Given<T>(T value) -> value;
      case Answer.Refused<T> refused ->
          throw new IllegalStateException("the relay may not read: " + refused.fault());
    };
  }

  private static CompletionStage<Boolean> done() {
    return CompletableFuture.completedFuture(true);
  }
}
