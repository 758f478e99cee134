package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Events that were verified lately, so that nobody parses them twice on their way through the log.
///
/// One place for each of so many ids: a newer event drives out the older one of its place. Safe to
/// use from many threads. Whoever does not find an event here parses it.
public final class RecentEvents {

  private final AtomicReferenceArray<@Nullable Event> places;

  /// An empty one.
  ///
  /// @param placesMax how many events it can hold
  public RecentEvents(int placesMax) {
    this.places = new AtomicReferenceArray<>(placesMax);
  }

  void keep(Event event) {
    places.set(place(event.id().hex()), event);
  }

  /// The event of an id, if it is still here.
  @Nullable Event find(String id) {
    Event event = places.get(place(id));
    return event != null && event.id().hex().equals(id) ? event : null;
  }

  private int place(String id) {
    return Math.floorMod(id.hashCode(), places.length());
  }
}
