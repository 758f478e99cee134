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

  /// A session that is told from any thread.
  interface Entered {
    /// What was found out about its key no longer holds.
    void keysChanged();

    /// Who may come in has changed.
    void accessChanged();
  }

  private final int sessionsMax;
  private final int perKeyMax;
  private final int replaysMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PublicKey, Set<Entered>> open = new HashMap<>();
  private final Map<String, Long> used = new LinkedHashMap<>();
  private int count;

  SignedSessions(SignedLimits limits) {
    this.sessionsMax = limits.sessionsMax();
    this.perKeyMax = limits.sessionsPerKeyMax();
    this.replaysMax = limits.replaysMax();
  }

  /// Takes a session in, unless there are too many.
  boolean enter(PublicKey key, Entered session) {
    lock.lock();
    try {
      Set<Entered> own = open.computeIfAbsent(key, ignored -> new LinkedHashSet<>());
      if (count >= sessionsMax || own.size() >= perKeyMax) {
        if (own.isEmpty()) {
          open.remove(key);
        }
        return false;
      }
      count += own.add(session) ? 1 : 0;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void leave(PublicKey key, Entered session) {
    lock.lock();
    try {
      Set<Entered> own = open.get(key);
      if (own != null && own.remove(session)) {
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
    List<Entered> ends;
    lock.lock();
    try {
      ends = new ArrayList<>(open.getOrDefault(key, Set.of()));
    } finally {
      lock.unlock();
    }
    ends.forEach(Entered::keysChanged);
  }

  /// Who may come in has changed: those for whom it did begin anew.
  public void accessChanged() {
    List<Entered> all = new ArrayList<>();
    lock.lock();
    try {
      open.values().forEach(all::addAll);
    } finally {
      lock.unlock();
    }
    all.forEach(Entered::accessChanged);
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
