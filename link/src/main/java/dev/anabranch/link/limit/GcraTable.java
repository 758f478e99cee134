package dev.anabranch.link.limit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// One [Gcra] for each key, for as many keys as are in use lately. Safe to use from many threads.
///
/// The least recently used key is forgotten when there are too many, and starts anew when it comes
/// back: a stranger can free itself only by pushing everybody else through the table.
public final class GcraTable<K> {
  private volatile Rate rate;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, Gcra> limits;

  /// An empty table.
  ///
  /// @param keysMax the most keys that are remembered
  public GcraTable(Rate rate, int keysMax) {
    this.rate = rate;
    this.limits =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Gcra> eldest) {
            return size() > keysMax;
          }
        };
  }

  /// From now on each key has another rate, and whoever used the old one up begins anew; the same
  /// rate changes nothing.
  public void change(Rate to) {
    lock.lock();
    try {
      if (!to.equals(rate)) {
        limits.clear();
        rate = to;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Asks for some cells on behalf of a key; as [Gcra#ask].
  public long ask(K key, long cells, long nowNanos) {
    if (rate.isUnlimited()) {
      return 0;
    }
    lock.lock();
    try {
      return limits.computeIfAbsent(key, ignored -> new Gcra(rate, nowNanos)).ask(cells, nowNanos);
    } finally {
      lock.unlock();
    }
  }

  /// Takes back what was granted for nothing; as [Gcra#giveBack]. A key that was forgotten since
  /// has everything already.
  public void giveBack(K key, long cells) {
    if (rate.isUnlimited()) {
      return;
    }
    lock.lock();
    try {
      Gcra limit = limits.get(key);
      if (limit != null) {
        limit.giveBack(cells);
      }
    } finally {
      lock.unlock();
    }
  }
}
