package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.RelayMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// The COUNTs of one connection (NIP-45): a few run, some wait for their turn, and all of them end
/// with it. On the link's thread.
final class Counts {

  private static final int RUNNING_MAX = 4;

  private record Asked(SubscriptionId id, List<Filter> filters) {}

  private final NostrGateway.Surroundings here;
  private final NostrLink link;
  private final Supplier<Viewer> viewer;
  private final Set<Counting> running = new HashSet<>();
  private final Deque<Asked> waiting = new ArrayDeque<>(0);

  Counts(NostrGateway.Surroundings here, NostrLink link, Supplier<Viewer> viewer) {
    this.here = here;
    this.link = link;
    this.viewer = viewer;
  }

  void count(SubscriptionId id, List<Filter> filters) {
    if (running.size() + waiting.size() >= here.policy().limits().countsMax()) {
      refuse(id, new Refusal(NostrFault.TOO_MANY, "too many counts at a time"));
      return;
    }
    waiting.add(new Asked(id, filters));
    goOn();
  }

  private void goOn() {
    while (running.size() < RUNNING_MAX && !waiting.isEmpty()) {
      run(waiting.remove());
    }
  }

  private void run(Asked asked) {
    Counting counting = new Counting(here, asked.filters(), viewer.get());
    running.add(counting);
    link.then(
        counting.run(),
        counted -> {
          link.send(counted.message(asked.id()));
          ran(counting);
        },
        () -> {
          refuse(asked.id(), new Refusal(NostrFault.UNAVAILABLE, "the relay's database is away"));
          ran(counting);
        });
  }

  private void ran(Counting counting) {
    running.remove(counting);
    goOn();
  }

  private void refuse(SubscriptionId id, Refusal refusal) {
    here.observer().refused(refusal.fault());
    link.send(new RelayMessage.Closed(id, refusal.reason()));
  }

  /// The client is gone.
  void end() {
    running.forEach(Counting::end);
    running.clear();
    waiting.clear();
  }
}
