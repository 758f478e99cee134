package dev.anabranch.transport;

import dev.anabranch.link.limit.AddressNetwork;
import dev.anabranch.transport.TransportMetrics.Refusal;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How many connections a server has, in all and from each address.
final class ConnectionCounter {
  private final TransportLimits.Connections limits;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<AddressNetwork, Integer> openByAddress =
      new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();

  ConnectionCounter(TransportLimits.Connections limits) {
    this.limits = limits;
  }

  /// Counts one in, unless it is one too many.
  Optional<Refusal> enter(InetAddress address) {
    if (open.incrementAndGet() > limits.max()) {
      leaveAll();
      return Optional.of(Refusal.TOTAL);
    }
    int max = address.isLoopbackAddress() ? limits.perLoopbackAddressMax() : limits.perAddressMax();
    int count = openByAddress.merge(AddressNetwork.of(address), 1, Integer::sum);
    if (count > max) {
      leave(address);
      return Optional.of(Refusal.ADDRESS);
    }
    return Optional.empty();
  }

  /// Counts one out.
  void leave(InetAddress address) {
    openByAddress.computeIfPresent(
        AddressNetwork.of(address), (k, count) -> count == 1 ? null : count - 1);
    leaveAll();
  }

  int open() {
    return open.get();
  }

  /// Waits until the last one has left.
  ///
  /// @return whether it has
  boolean awaitNone(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (open.get() > 0) {
        if (left <= 0) {
          return false;
        }
        left = none.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void leaveAll() {
    if (open.decrementAndGet() > 0) {
      return;
    }
    lock.lock();
    try {
      none.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
