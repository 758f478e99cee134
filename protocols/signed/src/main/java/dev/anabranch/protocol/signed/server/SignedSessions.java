package dev.anabranch.protocol.signed.server;

import dev.anabranch.nostr.key.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// The open sessions of a server by key, and the bare connects that were used; both bounded.
public final class SignedSessions {

  private final int sessionsMax;
  private final int perKeyMax;
  private final int replaysMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PublicKey, Set<Runnable>> open = new HashMap<>();
  private final Map<String, Long> used = new LinkedHashMap<>();
  private int count;

  SignedSessions(SignedLimits limits) {
    this.sessionsMax = limits.sessionsMax();
    this.perKeyMax = limits.sessionsPerKeyMax();
    this.replaysMax = limits.replaysMax();
  }

  /// Takes a session in, unless there are too many.
  ///
  /// @param end makes it begin anew; run on any thread
  boolean enter(PublicKey key, Runnable end) {
    lock.lock();
    try {
      Set<Runnable> own = open.computeIfAbsent(key, ignored -> new LinkedHashSet<>());
      if (count >= sessionsMax || own.size() >= perKeyMax) {
        if (own.isEmpty()) {
          open.remove(key);
        }
        return false;
      }
      count += own.add(end) ? 1 : 0;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave(PublicKey key, Runnable end) {
    lock.lock();
    try {
      Set<Runnable> own = open.get(key);
      if (own != null && own.remove(end)) {
        count--;
        if (own.isEmpty()) {
          open.remove(key);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends every session of a key.
  public void end(PublicKey key) {
    List<Runnable> ends;
    lock.lock();
    try {
      ends = new ArrayList<>(open.getOrDefault(key, Set.of()));
    } finally {
      lock.unlock();
    }
    ends.forEach(Runnable::run);
  }

  /// The keys that have an open session.
  public Set<PublicKey> keys() {
    lock.lock();
    try {
      return Set.copyOf(open.keySet());
    } finally {
      lock.unlock();
    }
  }

  /// How many sessions are open.
  public int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// Whether a bare connect is used for the first time; when too many are remembered that still
  /// count, no.
  ///
  /// @param name what is used once: key and time
  /// @param untilMillis when it no longer counts by itself
  boolean isFresh(String name, long untilMillis, long nowMillis) {
    lock.lock();
    try {
      used.values().removeIf(until -> until <= nowMillis);
      return used.size() < replaysMax && used.putIfAbsent(name, untilMillis) == null;
    } finally {
      lock.unlock();
    }
  }
}
