package dev.anabranch.protocol.scope.server;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts the requests that stay open, so that there are never too many (K11).
final class Streams {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  Streams(int most) {
    this.most = most;
  }

  /// Whether one more may stay open; it must be left again.
  boolean enter() {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }
}
