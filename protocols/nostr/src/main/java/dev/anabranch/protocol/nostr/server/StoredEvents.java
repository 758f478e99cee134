package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The stored events of some filters, newest first, each once: a walk that can pause anywhere.
///
/// Each filter walks its own way through the index, a slice at a time, and the ways are merged. The
/// index gives candidates; the filter itself decides, on the reader's thread. For one thread at a
/// time; [#fetch] is given to the kernel, everything else does not block.
final class StoredEvents {

  private static final int PAGE_MIN = 20;
  private static final int PAGE_MAX = 500;
  private static final int PAGE_BYTES_MAX = 1024 * 1024;

  private final Finder finder;
  private final Predicate<Sight> visible;
  private final Sieve sieve;
  private final List<Way> ways = new ArrayList<>();
  private @Nullable Spot lastSpot;
  private long lastId = -1;
  private boolean more;

  /// A walk.
  ///
  /// @param visible who asks may see it, now, as far as the event itself says
  /// @param sieve who asks may see it, as far as grants say
  /// @param limits how many each filter gets
  StoredEvents(
      Finder finder,
      List<Filter> filters,
      Predicate<Sight> visible,
      Sieve sieve,
      NostrLimits limits) {
    this.finder = finder;
    this.visible = visible;
    this.sieve = sieve;
    for (Filter filter : filters) {
      boolean capped = filter.limit() == Filter.NO_LIMIT || filter.limit() > limits.storedMax();
      int limit =
          filter.limit() == Filter.NO_LIMIT
              ? limits.storedDefault()
              : Math.min(filter.limit(), limits.storedMax());
      if (filter.limit() > 0) {
        ways.add(new Way(filter, limit, capped));
      }
    }
  }

  /// A walk over everything that some filters mean, whatever limits they name.
  ///
  /// @param most of each filter
  static StoredEvents whole(
      Finder finder, List<Filter> filters, Predicate<Sight> visible, Sieve sieve, int most) {
    return whole(finder, filters, visible, sieve, most, null);
  }

  /// The same from a place on.
  ///
  /// @param after behind this place; null = from the newest
  static StoredEvents whole(
      Finder finder,
      List<Filter> filters,
      Predicate<Sight> visible,
      Sieve sieve,
      int most,
      @Nullable Spot after) {
    StoredEvents all = new StoredEvents(finder, List.of(), visible, sieve, NostrLimits.DEFAULT);
    for (Filter filter : filters) {
      Way way = all.new Way(filter, most, false);
      way.at = after;
      all.ways.add(way);
    }
    return all;
  }

  /// Whether a filter was given less than there is.
  boolean hasMore() {
    return more;
  }

  /// The next event, if it is known; null = [#pending] says what to wait for, or that is all.
  @Nullable Sight next() {
    while (true) {
      Way first = null;
      for (Way way : ways) {
        if (way.needsPage()) {
          return null;
        }
        Sight head = way.head();
        if (head != null && (first == null || way.isBefore(first))) {
          first = way;
        }
      }
      if (first == null) {
        return null;
      }
      Sight sight = first.take();
      if (sight.id() != lastId) {
        lastId = sight.id();
        return sight;
      }
    }
  }

  /// What is known, and was not taken yet.
  List<Sight> known() {
    return ways.stream().flatMap(way -> way.known.stream()).toList();
  }

  /// Of what is known only these are left.
  void retain(List<Sight> left) {
    Set<Sight> same = Collections.newSetFromMap(new IdentityHashMap<>());
    same.addAll(left);
    ways.forEach(way -> way.known.removeIf(sight -> !same.contains(sight)));
  }

  /// The next slice to wait for; null = there is none, the walk is over.
  @Nullable CompletionStage<Slice> pending() {
    for (Way way : ways) {
      if (way.needsPage()) {
        return way.fetch();
      }
    }
    return null;
  }

  /// A slice that was waited for.
  ///
  /// @param way whose
  /// @param sights those of it that the filter means
  /// @param next where the way goes on; null = it ends
  record Slice(Object way, List<Sight> sights, @Nullable Spot next) {}

  /// Takes a slice in.
  void arrived(Slice slice) {
    ((Way) slice.way()).arrived(slice);
  }

  /// One filter's way.
  private final class Way {

    private final Filter filter;
    private final Search search;
    private final boolean capped;
    private final Deque<Sight> known = new ArrayDeque<>();
    private int left;
    private @Nullable Spot at;
    private @Nullable Spot boundary;
    private boolean whole;

    Way(Filter filter, int limit, boolean capped) {
      this.filter = filter;
      this.search = search(filter);
      this.left = limit;
      this.capped = capped;
      this.whole = matchesNothing(filter);
    }

    boolean needsPage() {
      return known.isEmpty() && !whole;
    }

    boolean isBefore(Way other) {
      return spot(known.element()).compareTo(spot(other.known.element())) < 0;
    }

    /// The next event; null when there is none or the limit is reached. At a limit of ours the
    /// boundary's second is told to its end, so that who goes on before it misses nothing (NIP-67).
    @Nullable Sight head() {
      Sight head = known.peek();
      if (head == null || left > 0) {
        return head;
      }
      Spot last = boundary;
      if (capped && last != null && spot(head).time() == last.time()) {
        return head;
      }
      more = true;
      known.clear();
      whole = true;
      return null;
    }

    Sight take() {
      Sight taken = known.remove();
      left--;
      boundary = spot(taken);
      lastSpot = boundary;
      return taken;
    }

    CompletionStage<Slice> fetch() {
      int count = Math.clamp(left + 1L, PAGE_MIN, PAGE_MAX);
      return finder
          .find(search, at, new PageLimit(count, PAGE_BYTES_MAX))
          .thenCompose(page ->
              sieve.let(wanted(page)).thenApply(some -> new Slice(this, some, page.next())));
    }

    private List<Sight> wanted(FoundPage page) {
      return page.found().stream()
          .flatMap(found -> Sight.of(found).stream())
          .filter(sight -> filter.matches(sight.event()) && visible.test(sight))
          .toList();
    }

    void arrived(Slice slice) {
      known.addAll(slice.sights());
      at = slice.next();
      whole = at == null;
    }
  }

  /// Where an event stands in the index.
  static Spot spot(Sight sight) {
    return new Spot(sight.event().createdAtSeconds(), EventMarking.tie(sight.event().id()));
  }

  private static boolean matchesNothing(Filter filter) {
    dev.anabranch.nostr.filter.Search words = filter.search();
    return (words != null && words.isHopeless())
        || isEmpty(filter.ids())
        || isEmpty(filter.authors())
        || isEmpty(filter.kinds())
        || filter.tags().values().stream().anyMatch(Set::isEmpty);
  }

  private static boolean isEmpty(@Nullable Set<?> values) {
    return values != null && values.isEmpty();
  }

  /// What the index is asked for a filter: of the tags the condition with the fewest values.
  private static Search search(Filter filter) {
    List<Long> tags = List.of();
    int fewest = Integer.MAX_VALUE;
    for (Map.Entry<Character, Set<String>> tag : filter.allTags().entrySet()) {
      if (!tag.getValue().isEmpty()) {
        fewest = 1;
        tags = List.of(EventMarking.tag(tag.getKey(), tag.getValue().iterator().next()));
      }
    }
    for (Map.Entry<Character, Set<String>> tag : filter.tags().entrySet()) {
      if (tag.getValue().size() < fewest) {
        fewest = tag.getValue().size();
        char letter = tag.getKey();
        tags = tag.getValue().stream().map(value -> EventMarking.tag(letter, value)).toList();
      }
    }
    dev.anabranch.nostr.filter.Search words = filter.search();
    return new Search(
        filter.ids() == null ? List.of() : filter.ids().stream().map(EventMarking::tie).toList(),
        filter.authors() == null
            ? List.of()
            : filter.authors().stream().map(EventMarking::author).toList(),
        filter.kinds() == null ? List.of() : List.copyOf(filter.kinds()),
        tags,
        words == null ? List.of() : EventMarking.indexed(words.words()),
        filter.sinceSeconds(),
        filter.untilSeconds());
  }

  /// All events that are left, one slice after the other.
  CompletionStage<List<Event>> gather() {
    List<Event> all = new ArrayList<>();
    return each(all::add).thenApply(ignored -> all);
  }

  /// Shows somebody all events that are left, one slice after the other.
  CompletionStage<Boolean> each(Consumer<Event> consumer) {
    for (Sight next = next(); next != null; next = next()) {
      consumer.accept(next.event());
    }
    CompletionStage<Slice> pending = pending();
    return pending == null
        ? CompletableFuture.completedFuture(true)
        : pending.thenCompose(slice -> {
          arrived(slice);
          return each(consumer);
        });
  }

  /// Where the walk stands, for those who watch it.
  @Nullable Spot lastSpot() {
    return lastSpot;
  }

  @Override
  public String toString() {
    return "stored events, at " + Objects.toString(lastSpot);
  }
}
