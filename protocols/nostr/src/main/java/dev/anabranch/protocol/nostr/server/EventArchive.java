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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The events of a database as its operator reads them, while no server does: those of every scope,
/// those for their parties only and those that are banned too; not what has expired.
public final class EventArchive {

  private EventArchive() {}

  /// Reads the events of a filter, the newest first.
  ///
  /// @param told every event once, as it came
  /// @return how many there were
  public static long read(Store store, Filter filter, long nowSeconds, Consumer<Bytes> told) {
    StoredEvents events =
        StoredEvents.whole(
            new StoreFinder(store),
            List.of(filter),
            sight -> !Expiration.isPast(sight.event(), nowSeconds),
            Sieve.OPEN,
            filter.limit() == Filter.NO_LIMIT ? Integer.MAX_VALUE : filter.limit());
    long count = 0;
    while (true) {
      for (Sight sight = events.next(); sight != null; sight = events.next()) {
        told.accept(sight.json());
        count++;
      }
      CompletionStage<StoredEvents.Slice> pending = events.pending();
      if (pending == null) {
        return count;
      }
      events.arrived(pending.toCompletableFuture().join());
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
