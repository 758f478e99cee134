package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Events that were verified lately, so that nobody parses them twice on their way through the log.
///
/// One place for each of so many ids: a newer event drives out the older one of its place. What
/// takes more than about 16 KiB of memory is not kept, however long events may be, so that all
/// places together take no more than that times their number. Safe to use from many threads.
/// Whoever does not find an event here parses it.
public final class RecentEvents {

  /// About the memory that the longest event takes which is kept.
  static final int BYTES_MAX = 16 * 1024;

  private static final int EVENT_BYTES = 640; // id, key, signature, and what holds them
  private static final int TEXT_BYTES = 64; // without its characters, with its place in a list

  private final AtomicReferenceArray<@Nullable Event> places;

  /// An empty one.
  ///
  /// @param placesMax how many events it can hold
  public RecentEvents(int placesMax) {
    this.places = new AtomicReferenceArray<>(placesMax);
  }

  void keep(Event event) {
    if (isShort(event)) {
      places.set(place(event.id().hex()), event);
    }
  }

  /// Whether an event takes little memory: one of many empty tags takes far more than its JSON.
  private static boolean isShort(Event event) {
    long bytes = EVENT_BYTES + bytes(event.content());
    for (Tag tag : event.tags()) {
      bytes += TEXT_BYTES;
      for (String value : tag.values()) {
        bytes += bytes(value);
      }
      if (bytes > BYTES_MAX) {
        return false;
      }
    }
    return bytes <= BYTES_MAX;
  }

  private static long bytes(String text) {
    return TEXT_BYTES + (long) Character.BYTES * text.length();
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
