package dev.anabranch.bench.integrity;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;

/// What one reader of one scope has seen, checked event by event.
///
/// Every writer numbers its writes 1, 2, 3… and never has two on the way that could overtake each
/// other, so each event must raise `seq` by one, `id` at all, and its writer's number by one. One
/// thread takes events; the counts may be read from others.
public final class Ledger {
  private final Map<Integer, Long> numbers = new HashMap<>();
  private volatile long cursor;
  private volatile long seq;
  private final LongAdder events = new LongAdder();
  private final LongAdder holes = new LongAdder();
  private final LongAdder doubled = new LongAdder();
  private final LongAdder reordered = new LongAdder();

  /// A reader that has everything up to an event.
  public Ledger(long cursor, long seq) {
    this.cursor = cursor;
    this.seq = seq;
  }

  /// Takes the next SyncEvent.
  public void take(JsonNode event) {
    long id = event.path("id").asLong();
    long next = event.path("seq").asLong();
    if (next <= seq) {
      doubled.increment();
      return;
    }
    holes.add(next - seq - 1);
    if (id <= cursor) {
      reordered.increment();
    }
    seq = next;
    cursor = Math.max(cursor, id);
    JsonNode data = event.path("data");
    count(data.path("writer").asInt(), data.path("n").asLong());
    events.increment();
  }

  private void count(int writer, long number) {
    long last = numbers.getOrDefault(writer, 0L);
    if (number <= last) {
      doubled.increment();
      return;
    }
    if (number > last + 1) {
      // Either the ones between are lost, which the end shows, or they come later.
      reordered.increment();
    }
    numbers.put(writer, number);
  }

  /// The id of the last event, where the reader goes on.
  public long cursor() {
    return cursor;
  }

  /// How many events were taken.
  public long events() {
    return events.sum();
  }

  /// Holes in `seq`, and what is missing of `expected` events.
  public long lost(long expected) {
    return Math.max(holes.sum(), Math.max(0, expected - events()));
  }

  /// Events that came twice, or writes that became two events.
  public long doubled() {
    return doubled.sum();
  }

  /// Events in another order than their ids or their writer's numbers.
  public long reordered() {
    return reordered.sum();
  }
}
