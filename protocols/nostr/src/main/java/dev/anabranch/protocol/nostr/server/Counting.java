package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.count.HyperLogLog;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Counts what some filters mean, for one who may see only some of it (NIP-45).
final class Counting {

  private final int most;
  private final StoredEvents walk;
  private final @Nullable HyperLogLog authors;
  private volatile boolean isOver;
  private long count;

  Counting(NostrGateway.Surroundings here, List<Filter> filters, Viewer viewer) {
    this.most = here.policy().limits().countMax();
    this.walk =
        StoredEvents.whole(
            here.finder(),
            filters,
            sight -> here.policy().isVisible(sight.event(), viewer.keys(), here.nowSeconds()),
            here.rights().sieve(viewer),
            most);
    OptionalInt offset = HyperLogLog.offset(filters);
    this.authors = offset.isPresent() ? HyperLogLog.empty(offset.getAsInt()) : null;
  }

  /// What was counted.
  ///
  /// @param registers of the authors, for a filter that has such a count; null otherwise
  record Counted(long count, boolean isApproximate, @Nullable String registers) {

    RelayMessage.Counted message(SubscriptionId query) {
      return new RelayMessage.Counted(query, count, isApproximate, registers);
    }
  }

  /// Nobody wants to know any more: no further page is read.
  void end() {
    isOver = true;
  }

  /// Counts on; once it was ended it says what was counted until then.
  CompletionStage<Counted> run() {
    for (Sight next = walk.next(); next != null; next = walk.next()) {
      count++;
      if (authors != null) {
        authors.add(next.event().author());
      }
    }
    CompletionStage<StoredEvents.Slice> pending = isOver ? null : walk.pending();
    return pending == null
        ? CompletableFuture.completedFuture(
            new Counted(count, walk.hasMore(), authors == null ? null : authors.hex()))
        : pending.thenCompose(slice -> {
          walk.arrived(slice);
          return run();
        });
  }
}
