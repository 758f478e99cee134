package dev.anabranch.protocol.scope.server;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.LinkLoop;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/// Every thread and clock of a test in one: tasks run in order when the test says so, time passes
/// when the test says so.
final class Turns implements LinkLoop, InstantSource {
  private static final long START_MILLIS = 1_700_000_000_000L;

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Later> later = new ArrayList<>();
  private long millis = START_MILLIS;

  private record Later(long at, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /// Runs tasks until there are none.
  void settle() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /// Lets time pass, and runs what falls due.
  void pass(Duration time) {
    long until = millis + time.toMillis();
    settle();
    while (true) {
      Later next =
          later.stream()
              .filter(each -> each.at <= until)
              .min(Comparator.comparingLong(Later::at))
              .orElse(null);
      if (next == null) {
        break;
      }
      later.remove(next);
      millis = Math.max(millis, next.at);
      next.task.run();
      settle();
    }
    millis = until;
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    Later entry = new Later(millis + delay.toMillis(), task);
    later.add(entry);
    return () -> later.remove(entry);
  }

  /// For the engine's waits.
  void after(long waitMillis, Runnable task) {
    later.add(new Later(millis + waitMillis, task));
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis);
  }

  long nanos() {
    return (millis - START_MILLIS) * 1_000_000;
  }
}
