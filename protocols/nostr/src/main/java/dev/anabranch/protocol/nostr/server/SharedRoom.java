package dev.anabranch.protocol.nostr.server;

import java.util.concurrent.atomic.AtomicLong;

/// How much of something all connections of the relay hold together, and how much they may. Safe to
/// use from many threads.
final class SharedRoom {

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  SharedRoom(long most) {
    this.most = most;
  }

  /// Takes room for some; false = there is not so much, and nothing is taken.
  boolean take(long some) {
    if (taken.addAndGet(some) <= most) {
      return true;
    }
    taken.addAndGet(-some);
    return false;
  }

  void giveBack(long some) {
    taken.addAndGet(-some);
  }
}
