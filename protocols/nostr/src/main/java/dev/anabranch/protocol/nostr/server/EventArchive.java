package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Finder;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.rule.Expiration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The events of a database as its operator reads them, while no server does: those of every scope,
/// those for their parties only and those that are banned too; not what has expired.
public final class EventArchive {

  /// What is held at once where the newest are not told first.
  private static final PageLimit WINDOW = new PageLimit(10_000, 16 * 1024 * 1024);

  private EventArchive() {}

  /// In which order events are told.
  public enum Order {
    NEWEST_FIRST,

    /// Exactly the other way round. The index knows one direction, and so it is walked twice: to
    /// see where windows of it begin, and then window by window, the last one first.
    OLDEST_FIRST
  }

  /// Reads the events of a filter; when it has a limit, the newest so many.
  ///
  /// @param told every event once, as it came
  /// @return how many there were
  public static long read(
      Store store, Filter filter, Order order, long nowSeconds, Consumer<Bytes> told) {
    return read(store, filter, order, nowSeconds, WINDOW, told);
  }

  static long read(
      Store store,
      Filter filter,
      Order order,
      long nowSeconds,
      PageLimit window,
      Consumer<Bytes> told) {
    Walk walk = new Walk(new StoreFinder(store), filter, nowSeconds);
    int most = filter.limit() == Filter.NO_LIMIT ? Integer.MAX_VALUE : filter.limit();
    if (order == Order.NEWEST_FIRST) {
      return walk.from(null, most, sight -> told.accept(sight.json()));
    }
    Windows windows = new Windows(window);
    long count = walk.from(null, most, windows::add);
    for (Window each : windows.all().reversed()) {
      List<Bytes> some = new ArrayList<>();
      var unused = walk.from(each.after(), each.count(), sight -> some.add(sight.json()));
      some.reversed().forEach(told);
    }
    return count;
  }

  /// Walks of one filter over the index.
  private record Walk(Finder finder, Filter filter, long nowSeconds) {

    /// @param after behind this place; null = from the newest
    /// @return how many events were told
    private long from(@Nullable Spot after, int most, Consumer<Sight> told) {
      StoredEvents events =
          StoredEvents.whole(
              finder,
              List.of(filter),
              sight -> !Expiration.isPast(sight.event(), nowSeconds),
              Sieve.OPEN,
              most,
              after);
      long count = 0;
      while (true) {
        for (Sight sight = events.next(); sight != null; sight = events.next()) {
          told.accept(sight);
          count++;
        }
        CompletionStage<StoredEvents.Slice> pending = events.pending();
        if (pending == null) {
          return count;
        }
        events.arrived(pending.toCompletableFuture().join());
      }
    }
  }

  /// Consecutive events of a walk.
  ///
  /// @param after the place before the first of them; null = from the newest
  private record Window(@Nullable Spot after, int count) {}

  /// Cuts a walk into windows.
  private static final class Windows {
    private final PageLimit limit;
    private final List<Window> full = new ArrayList<>();
    private @Nullable Spot after;
    private @Nullable Spot last;
    private int count;
    private long bytes;

    private Windows(PageLimit limit) {
      this.limit = limit;
    }

    private void add(Sight sight) {
      int size = sight.json().size();
      if (count == limit.countMax() || (count > 0 && bytes + size > limit.bytesMax())) {
        full.add(new Window(after, count));
        after = last;
        count = 0;
        bytes = 0;
      }
      last = StoredEvents.spot(sight);
      count++;
      bytes += size;
    }

    private List<Window> all() {
      List<Window> all = new ArrayList<>(full);
      all.add(new Window(after, count));
      return all;
    }
  }

  /// A database that nobody writes to, read on the caller's thread.
  private record StoreFinder(Store store) implements Finder {

    @Override
    public CompletionStage<FoundPage> find(Search search, @Nullable Spot after, PageLimit limit) {
      return CompletableFuture.completedFuture(store.find(search, after, limit));
    }

    @Override
    public CompletionStage<List<Found>> findAfter(long afterId, PageLimit limit) {
      return CompletableFuture.completedFuture(store.findAfter(afterId, limit));
    }

    @Override
    public CompletionStage<List<Found>> expired(long time, PageLimit limit) {
      return CompletableFuture.completedFuture(store.expired(time, limit));
    }

    @Override
    public long lastMarkedId() {
      return store.lastMarkedId();
    }

    @Override
    public void listen(FinderListener listener) {
      // Nothing is committed.
    }
  }
}
