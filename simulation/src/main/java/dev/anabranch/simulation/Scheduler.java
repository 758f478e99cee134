package dev.anabranch.simulation;

import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;

/// Virtual time: events in their order, one at a time.
final class Scheduler implements InstantSource {

  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private record Event(long atNanos, long order, Runnable task) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>((one, other) ->
          one.atNanos != other.atNanos
              ? Long.compare(one.atNanos, other.atNanos)
              : Long.compare(one.order, other.order));
  private long nowNanos;
  private long count;

  /// Lets something happen after a time.
  void after(long nanos, Runnable task) {
    events.add(new Event(nowNanos + Math.max(nanos, 0), count++, task));
  }

  void afterMillis(long millis, Runnable task) {
    after(millis * NANOS_PER_MILLI, task);
  }

  /// Lets the next event happen; whether there was one.
  boolean step() {
    Event event = events.poll();
    if (event == null) {
      return false;
    }
    nowNanos = event.atNanos();
    event.task().run();
    return true;
  }

  /// Time since the beginning.
  long nowNanos() {
    return nowNanos;
  }

  /// Time since the beginning, in milliseconds.
  long elapsedMillis() {
    return nowNanos / NANOS_PER_MILLI;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(START_MILLIS + elapsedMillis());
  }

  @Override
  public long millis() {
    return START_MILLIS + elapsedMillis();
  }
}
