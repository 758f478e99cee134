package dev.anabranch.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// What happened in a run: a hash of everything, and the last lines to read.
final class Trace {

  private static final int LINES_MAX = 200;
  private static final long PRIME = 0x100000001B3L;

  private final Scheduler scheduler;
  private final Deque<String> lines = new ArrayDeque<>();
  private long hash = 0xCBF29CE484222325L;

  Trace(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /// Something happened.
  void note(String what) {
    String line = scheduler.nowNanos() / 1000 + " us: " + what;
    for (int index = 0; index < line.length(); index++) {
      hash = (hash ^ line.charAt(index)) * PRIME; // FNV-1a
    }
    lines.add(line);
    if (lines.size() > LINES_MAX) {
      lines.remove();
    }
  }

  long hash() {
    return hash;
  }

  List<String> lastLines() {
    return List.copyOf(lines);
  }
}
