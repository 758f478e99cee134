package dev.anabranch.protocol.nostr.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/// Runs what it is given at once, or when the test says so.
final class Patient implements Executor {

  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean waits;
  private int ran;

  @Override
  public void execute(Runnable task) {
    if (waits) {
      waiting.add(task);
    } else {
      ran++;
      task.run();
    }
  }

  /// From now on tasks wait.
  void hold() {
    waits = true;
  }

  int waiting() {
    return waiting.size();
  }

  /// How many tasks ran.
  int ran() {
    return ran;
  }

  /// Runs the first that waits.
  void step() {
    ran++;
    waiting.remove().run();
  }

  /// Runs all that wait, and from now on each at once.
  void release() {
    waits = false;
    while (!waiting.isEmpty()) {
      step();
    }
  }
}
