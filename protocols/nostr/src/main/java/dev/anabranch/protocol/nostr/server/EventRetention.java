package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.rule.Kinds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Erases what the rules of retention do not keep, in slices that hold nobody up.
///
/// Of each event the first rule that speaks of it holds. Deletions and requests to vanish are kept
/// always: they are what keeps others from coming back. What was erased does not come back either.
final class EventRetention {

  private static final int SLICE = 500;
  private static final int NAMED_KINDS_MAX = 500;

  private final Finder finder;
  private final Erasure erasure;
  private final List<RetentionRule> rules;

  EventRetention(Finder finder, Erasure erasure, List<RetentionRule> rules) {
    this.finder = finder;
    this.erasure = erasure;
    this.rules = List.copyOf(rules);
  }

  /// Looks at everything once.
  ///
  /// @return how many events were erased
  CompletionStage<Long> run(long nowSeconds) {
    CompletionStage<Long> gone = CompletableFuture.completedFuture(0L);
    for (int index = 0; index < rules.size(); index++) {
      int rule = index;
      gone = gone.thenCompose(before -> new Walk(rule, nowSeconds).go().thenApply(n -> before + n));
    }
    return gone;
  }

  /// One rule's way through its events, newest first.
  private final class Walk {

    private final int index;
    private final RetentionRule rule;
    private final long tooOldSeconds;
    private final StoredEvents events;
    private final List<Event> over = new ArrayList<>();
    private long count;
    private long bytes;
    private long gone;

    private Walk(int index, long nowSeconds) {
      this.index = index;
      this.rule = rules.get(index);
      this.tooOldSeconds = rule.tooOldSeconds(nowSeconds);
      this.events =
          StoredEvents.whole(
              finder, List.of(filter()), this::isMine, Sieve.OPEN, Integer.MAX_VALUE);
    }

    private Filter filter() {
      Filter filter =
          rule.authors().isEmpty() ? Filter.ANY : Filter.ANY.withAuthors(rule.authors());
      if (rule.isByAgeAlone()) {
        filter = filter.between(0, Math.max(0, tooOldSeconds));
      }
      Set<Integer> kinds = new HashSet<>();
      for (KindRange range : rule.kinds()) {
        for (int kind = range.first();
            kind <= range.last() && kinds.size() <= NAMED_KINDS_MAX;
            kind++) {
          kinds.add(kind);
        }
      }
      return kinds.isEmpty() || kinds.size() > NAMED_KINDS_MAX ? filter : filter.withKinds(kinds);
    }

    private boolean isMine(Sight sight) {
      Event event = sight.event();
      if (event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH) {
        return false;
      }
      for (int before = 0; before < index; before++) {
        if (rules.get(before).holdsFor(event)) {
          return false;
        }
      }
      return rule.holdsFor(event);
    }

    private CompletionStage<Long> go() {
      for (Sight next = events.next(); next != null; next = events.next()) {
        count++;
        bytes += next.json().size();
        if (isOver(next.event())) {
          over.add(next.event());
        }
      }
      CompletionStage<StoredEvents.Slice> pending = events.pending();
      if (over.size() >= SLICE || (pending == null && !over.isEmpty())) {
        List<Event> slice = List.copyOf(over);
        over.clear();
        gone += slice.size();
        return erasure.eraseEvents(slice).thenCompose(ignored -> go());
      }
      return pending == null
          ? CompletableFuture.completedFuture(gone)
          : pending.thenCompose(slice -> {
            events.arrived(slice);
            return go();
          });
    }

    private boolean isOver(Event event) {
      return event.createdAtSeconds() <= tooOldSeconds
          || (rule.keepEvents() > 0 && count > rule.keepEvents())
          || (rule.keepBytes() > 0 && bytes > rule.keepBytes());
    }
  }
}
