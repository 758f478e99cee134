package dev.anabranch.client.nostr;

import dev.anabranch.client.nostr.cache.EventCache;
import dev.anabranch.client.nostr.relay.Difference;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayRefusal;
import dev.anabranch.client.nostr.relay.StoredEvents;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.Prefix;
import dev.anabranch.nostr.rule.Kinds;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// Fetches what the first answer to a subscription left out: by reconciliation, which finds events
/// of any date, else page by page back to where the relay was last heard. On a thread of its own.
final class CatchUp {

  /// Gift wraps are dated up to two days back, by chance (NIP-59); and clocks differ.
  static final long WRAPS_OVERLAP_SECONDS = 2 * 86_400 + 900;

  private final EventCache cache;
  private final RelayLine line;
  private final Consumer<VerifiedEvent> came;
  private boolean reconciles;

  /// @param reconciles whether the relay may know NIP-77
  CatchUp(EventCache cache, RelayLine line, boolean reconciles, Consumer<VerifiedEvent> came) {
    this.cache = cache;
    this.line = line;
    this.reconciles = reconciles;
    this.came = came;
  }

  /// Whether the relay may know NIP-77.
  boolean reconciles() {
    return reconciles;
  }

  /// What is asked for to stay: all of the filter, so that new events of any date come, and of what
  /// is stored no more than it takes when the rest is fetched afterwards anyway.
  static Filter live(Filter filter, OptionalLong since) {
    return since.isEmpty() ? filter : filter.withLimit(Math.min(filter.limit(), 1));
  }

  /// What is fetched of a relay that was heard before.
  ///
  /// @param since nothing when it was not
  private static Filter again(Filter filter, OptionalLong since) {
    return since.isEmpty()
        ? filter
        : filter
            .between(
                Math.min(Math.max(filter.sinceSeconds(), since.getAsLong()), filter.untilSeconds()),
                filter.untilSeconds())
            .withLimit(Filter.NO_LIMIT);
  }

  /// Whether a filter can find gift wraps.
  static boolean mayBeWraps(Filter filter) {
    Set<Integer> kinds = filter.kinds();
    return kinds == null || kinds.contains(Kinds.GIFT_WRAP);
  }

  /// Whether the first answer may leave something out.
  static boolean isNeeded(Filter filter, OptionalLong since) {
    return since.isPresent() || filter.limit() == Filter.NO_LIMIT;
  }

  /// Fetches it.
  void run(List<Filter> filters, OptionalLong since) {
    for (Filter filter : filters) {
      if (isNeeded(filter, since)) {
        run(filter, since);
      }
    }
  }

  private void run(Filter filter, OptionalLong since) {
    if (reconciles && filter.search() == null) {
      try {
        reconcile(filter.limit() == Filter.NO_LIMIT ? filter : again(filter, since));
        return;
      } catch (RelayRefusal refused) {
        reconciles = refused.prefix().filter(Prefix.UNSUPPORTED::equals).isEmpty();
      }
    }
    StoredEvents.read(line, again(filter, since), page -> page.forEach(came));
  }

  private void reconcile(Filter filter) {
    Difference difference = Difference.find(line, filter, cache.records(filter));
    StoredEvents.byIds(line, difference.need(), chunk -> chunk.forEach(came));
  }
}
