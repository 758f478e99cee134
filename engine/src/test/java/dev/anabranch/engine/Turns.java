package dev.anabranch.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/// One thread and one clock for everything: tasks wait until the test lets them run.
final class Turns {

  private record Later(long at, Runnable task) {}

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Later> later = new ArrayList<>();
  private long nowMillis = 1_700_000_000_000L;

  Executor executor() {
    return tasks::add;
  }

  EngineThreads threads() {
    return new EngineThreads(
        tasks::add,
        Runnable::run,
        tasks::add,
        (millis, task) -> later.add(new Later(nowMillis + millis, task)),
        () -> java.time.Instant.ofEpochMilli(nowMillis),
        () -> nowMillis * 1_000_000);
  }

  /// Lets a task take time.
  void spend(long millis) {
    nowMillis += millis;
  }

  /// Runs everything that can run now.
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /// Lets time pass, and runs what becomes due.
  void pass(long millis) {
    nowMillis += millis;
    List<Later> due = later.stream().filter(task -> task.at() <= nowMillis).toList();
    later.removeAll(due);
    due.stream()
        .sorted(Comparator.comparingLong(Later::at))
        .forEach(task -> tasks.add(task.task()));
    run();
  }
}
