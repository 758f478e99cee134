package dev.anabranch.transport;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The deadlines of one loop: a single timer looks at everything watched, however many there are.
///
/// A timer for each connection would cost more memory than the connection. Deadlines are therefore
/// coarse: late by up to one tick, never early by more.
final class Watch {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  private final Set<Watched> watched = Collections.newSetFromMap(new IdentityHashMap<>());
  private long nowNanos = System.nanoTime();

  /// The time of the last tick, for deadlines that need no better.
  long nowNanos() {
    return nowNanos;
  }

  void add(Watched one) {
    watched.add(one);
  }

  void remove(Watched one) {
    watched.remove(one);
  }

  void tick() {
    nowNanos = System.nanoTime();
    try {
      for (Watched one : snapshot()) {
        watch(one);
      }
    } catch (Error noMemory) {
      // Not to look, nor to tell of it. The next tick looks again, if this one throws nothing.
    }
  }

  private void watch(Watched one) {
    try {
      one.watch(nowNanos);
    } catch (RuntimeException | Error e) {
      // The timer would stop for every other connection of the loop.
      LOG.error("a connection's deadline could not be kept", e);
    }
  }

  void drain(Object owner) {
    for (Watched one : snapshot()) {
      if (one.owner().equals(owner)) {
        one.drain();
      }
    }
  }

  void cut(Object owner) {
    for (Watched one : snapshot()) {
      if (one.owner().equals(owner)) {
        one.cut();
      }
    }
  }

  private Watched[] snapshot() {
    return watched.toArray(Watched[]::new);
  }
}
