package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/// Which principal first used a client id in a document, as far as this server remembers; the
/// longest unused are forgotten first (K11).
final class ClientIds {
  private final Map<Use, PrincipalId> first;
  private final Map<Use, PrincipalId> undecided = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  private record Use(EntityKey document, long client) {}

  ClientIds(int most) {
    this.first =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Use, PrincipalId> eldest) {
            return size() > most;
          }
        };
  }

  /// How many of these clients belong to somebody else.
  int foreignTo(PrincipalId principal, EntityKey document, long[] clients) {
    lock.lock();
    try {
      return Math.toIntExact(
          LongStream.of(clients)
              .mapToObj(client -> new Use(document, client))
              .map(use -> first.getOrDefault(use, undecided.getOrDefault(use, principal)))
              .filter(owner -> !owner.equals(principal))
              .count());
    } finally {
      lock.unlock();
    }
  }

  /// Somebody will use these clients, if his update becomes durable.
  void asks(PrincipalId principal, EntityKey document, long[] clients) {
    note(undecided, principal, document, clients);
  }

  /// What was asked and is not known to be on disk came to nothing.
  void forgetUndecided() {
    lock.lock();
    try {
      undecided.clear();
    } finally {
      lock.unlock();
    }
  }

  /// Somebody uses these clients: an update of his is on disk.
  void uses(PrincipalId principal, EntityKey document, long[] clients) {
    note(first, principal, document, clients);
  }

  private void note(
      Map<Use, PrincipalId> owners, PrincipalId principal, EntityKey document, long[] clients) {
    lock.lock();
    try {
      for (long client : clients) {
        owners.putIfAbsent(new Use(document, client), principal);
      }
    } finally {
      lock.unlock();
    }
  }
}
