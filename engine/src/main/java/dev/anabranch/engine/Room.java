package dev.anabranch.engine;

import java.util.concurrent.atomic.AtomicLong;

/// How much of something is held, and the most that may be (K11). Many threads take and give.
final class Room {

  private final AtomicLong taken = new AtomicLong();
  private final long max;

  Room(long max) {
    this.max = max;
  }

  /// Takes room when there is enough: whoever asks at the same time finds what is left.
  ///
  /// @return whether it was taken
  boolean take(long amount) {
    long before = taken.getAndUpdate(now -> amount > max - now ? now : now + amount);
    return amount <= max - before;
  }

  /// Gives back what was taken.
  void give(long amount) {
    taken.addAndGet(-amount);
  }

  /// How much is taken.
  long taken() {
    return taken.get();
  }
}
