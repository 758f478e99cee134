package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Counts what some filters mean, for one who may see only some of it (NIP-45).
final class Counting {

  private final int most;
  private final StoredEvents walk;
  private long count;

  Counting(NostrGateway.Surroundings here, List<Filter> filters, Set<PublicKey> viewer) {
    this.most = here.policy().limits().countMax();
    this.walk =
        StoredEvents.whole(
            here.finder(),
            filters,
            here.finder().lastMarkedId(),
            sight ->
                NostrPolicy.maySee(sight.event(), viewer)
                    && !NostrPolicy.isExpired(sight.event(), here.nowSeconds()),
            most);
  }

  /// What was counted.
  record Counted(long count, boolean isApproximate) {

    RelayMessage.Counted message(SubscriptionId query) {
      return new RelayMessage.Counted(query, count, isApproximate, null);
    }
  }

  CompletionStage<Counted> run() {
    for (Sight next = walk.next(); next != null && count < most; next = walk.next()) {
      count++;
    }
    CompletionStage<StoredEvents.Slice> pending = count < most ? walk.pending() : null;
    return pending == null
        ? CompletableFuture.completedFuture(new Counted(count, count >= most))
        : pending.thenCompose(slice -> {
          walk.arrived(slice);
          return run();
        });
  }
}
