package dev.anabranch.protocol.nostr.server;

import java.util.concurrent.atomic.AtomicLong;

/// How many records all reconciliations of the relay hold, and how many they may. Safe to use from
/// many threads.
final class RecordRoom {

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  RecordRoom(long most) {
    this.most = most;
  }

  /// Takes room for some records; false = there is not so much, and nothing is taken.
  boolean take(int records) {
    if (taken.addAndGet(records) <= most) {
      return true;
    }
    taken.addAndGet(-records);
    return false;
  }

  void giveBack(int records) {
    taken.addAndGet(-records);
  }
}
