package dev.anabranch.server;

import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A relay as NIP-01 and NIP-09 read: a list of events that is looked through from end to end.
final class NaiveRelay {

  private static final Comparator<Event> NEWEST_FIRST =
      Comparator.comparing(Event::createdAtSeconds).reversed().thenComparing(Event::id);

  private final List<Event> events = new ArrayList<>();
  private final List<Event> taken = new ArrayList<>();
  private final Set<String> deleted = new HashSet<>();
  private final Map<Address, Long> clearedTo = new HashMap<>();

  /// The events that are there.
  List<Event> events() {
    return events;
  }

  /// Those that ever were.
  List<Event> taken() {
    return taken;
  }

  /// Takes an event, if it is to be taken.
  boolean takes(Event event) {
    boolean isSuperseded =
        event.address().isPresent()
            && events.stream()
                .anyMatch(known ->
                    known.address().equals(event.address())
                        && NEWEST_FIRST.compare(known, event) < 0);
    boolean isCleared =
        event.address().isPresent()
            && event.createdAtSeconds() <= clearedTo.getOrDefault(event.address().get(), -1L);
    if (isSuperseded || isCleared || deleted.contains(event.author() + event.id().hex())) {
      return false;
    }
    events.removeIf(
        known -> known.address().isPresent() && known.address().equals(event.address()));
    if (event.kind() == 5) {
      event.tagValues("e").forEach(id -> deleted.add(event.author() + id));
      events.removeIf(this::isDeleted);
    }
    events.add(event);
    taken.add(event);
    events.sort(NEWEST_FIRST);
    return true;
  }

  /// What was deleted leaves nothing older in its place.
  private boolean isDeleted(Event known) {
    boolean goes = known.kind() != 5 && deleted.contains(known.author() + known.id().hex());
    if (goes) {
      known
          .address()
          .ifPresent(address -> clearedTo.merge(address, known.createdAtSeconds(), Math::max));
    }
    return goes;
  }

  /// The ids that a request gets, in their order.
  List<String> answer(List<Filter> filters) {
    Set<Event> wanted = new HashSet<>();
    for (Filter filter : filters) {
      events.stream().filter(filter::matches).limit(filter.limit()).forEach(wanted::add);
    }
    return events.stream().filter(wanted::contains).map(event -> event.id().hex()).toList();
  }

  /// How many events a filter means.
  long count(Filter filter) {
    return events.stream().filter(filter::matches).count();
  }

  @Override
  public String toString() {
    return events.size() + " events";
  }
}
