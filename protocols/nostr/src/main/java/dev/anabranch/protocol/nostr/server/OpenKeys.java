package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.key.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The connections of authenticated keys, so that they end when what is known of a key no longer
/// holds. Bounded by the connections and the keys of one.
final class OpenKeys {

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PublicKey, Set<Runnable>> open = new HashMap<>();

  /// Takes a connection in.
  ///
  /// @param end ends it; run on any thread
  void enter(PublicKey key, Runnable end) {
    lock.lock();
    try {
      open.computeIfAbsent(key, ignored -> new LinkedHashSet<>()).add(end);
    } finally {
      lock.unlock();
    }
  }

  void leave(PublicKey key, Runnable end) {
    lock.lock();
    try {
      open.computeIfPresent(
          key,
          (ignored, ends) -> {
            ends.remove(end);
            return ends.isEmpty() ? null : ends;
          });
    } finally {
      lock.unlock();
    }
  }

  /// Ends every connection of a key.
  void end(PublicKey key) {
    List<Runnable> ends;
    lock.lock();
    try {
      ends = new ArrayList<>(open.getOrDefault(key, Set.of()));
    } finally {
      lock.unlock();
    }
    ends.forEach(Runnable::run);
  }

  /// The keys that have an open connection.
  Set<PublicKey> keys() {
    lock.lock();
    try {
      return Set.copyOf(open.keySet());
    } finally {
      lock.unlock();
    }
  }
}
