package dev.anabranch.cli.nostr;

import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.StoredEvents;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.reconcile.RecordSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What a relay has of a filter in the order of its time, though a relay tells the newest first:
/// which events there are is read once, and then, some at a time, the events.
final class OldestFirst {

  private static final Comparator<RecordSet.Record> ORDER =
      Comparator.comparingLong(RecordSet.Record::createdAtSeconds)
          .thenComparing(RecordSet.Record::id, Comparator.reverseOrder());

  private OldestFirst() {}

  /// Reads it.
  ///
  /// @param told every event once, some at a time
  /// @return how many were there at first and are not told any more: they were deleted or replaced
  ///   meanwhile, unless the relay finds no events by their ids
  static int read(RelayLine line, Filter filter, Consumer<List<VerifiedEvent>> told) {
    List<RecordSet.Record> all = new ArrayList<>(Inventory.of(line, filter, events -> {}));
    all.sort(ORDER);
    int gone = 0;
    for (int from = 0; from < all.size(); from += StoredEvents.IDS) {
      List<RecordSet.Record> some =
          all.subList(from, Math.min(all.size(), from + StoredEvents.IDS));
      List<VerifiedEvent> events = events(line, some);
      gone += some.size() - events.size();
      told.accept(events);
    }
    return gone;
  }

  /// A relay that caps its answers is asked again for the rest.
  private static List<VerifiedEvent> events(RelayLine line, List<RecordSet.Record> wanted) {
    Map<RecordSet.Record, VerifiedEvent> got = new TreeMap<>(ORDER);
    int before;
    do {
      before = got.size();
      List<EventId> rest =
          wanted.stream().filter(it -> !got.containsKey(it)).map(RecordSet.Record::id).toList();
      StoredEvents.byIds(
          line,
          rest,
          some ->
              some.forEach(event ->
                  got.put(
                      new RecordSet.Record(event.event().createdAtSeconds(), event.id()), event)));
    } while (got.size() > before && got.size() < wanted.size());
    return List.copyOf(got.values());
  }
}
