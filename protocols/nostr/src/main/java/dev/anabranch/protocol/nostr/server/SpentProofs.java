package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.EventId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// Proofs of requests that were used, so that none is used twice (NIP-98). Safe to use from many
/// threads.
///
/// A proof is remembered for as long as it would count. What was signed before this memory began is
/// refused too: nobody knows whether it was used. One that is dated in the second of its use or
/// later would count after a start in that second: whoever takes it remembers it on disk.
final class SpentProofs {

  /// What becomes of a proof.
  enum Spending {
    /// It was good, and is used up now.
    SPENT,
    /// It was used before.
    USED,
    /// It was signed before the server began.
    TOO_OLD,
    /// More were used lately than are remembered.
    FULL
  }

  private record Spent(EventId id, long untilSeconds) {}

  private final long beganSeconds;
  private final long lastsSeconds;
  private final int idsMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<EventId> ids = new HashSet<>();
  private final Deque<Spent> order = new ArrayDeque<>();

  /// An empty memory.
  ///
  /// @param nowSeconds when it begins
  /// @param lastsSeconds how long after its use a proof could still count
  /// @param idsMax the most that are remembered
  SpentProofs(long nowSeconds, long lastsSeconds, int idsMax) {
    this.beganSeconds = nowSeconds;
    this.lastsSeconds = lastsSeconds;
    this.idsMax = idsMax;
  }

  /// Uses a proof up.
  Spending spend(EventId id, long createdAtSeconds, long nowSeconds) {
    if (createdAtSeconds < beganSeconds) {
      return Spending.TOO_OLD;
    }
    lock.lock();
    try {
      while (!order.isEmpty() && order.element().untilSeconds() < nowSeconds) {
        ids.remove(order.remove().id());
      }
      if (ids.contains(id)) {
        return Spending.USED;
      }
      if (ids.size() >= idsMax) {
        return Spending.FULL;
      }
      ids.add(id);
      order.add(new Spent(id, nowSeconds + lastsSeconds));
      return Spending.SPENT;
    } finally {
      lock.unlock();
    }
  }
}
