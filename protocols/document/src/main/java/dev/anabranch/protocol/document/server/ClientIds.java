package dev.anabranch.protocol.document.server;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/// Which principal first used a client id in a document, as far as this server remembers; the
/// longest unused are forgotten first (K11).
final class ClientIds {
  private final Map<Use, PrincipalId> first;
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

  /// Notes who uses these clients.
  ///
  /// @return how many of them belong to somebody else
  int usedBy(PrincipalId principal, EntityKey document, LongStream clients) {
    lock.lock();
    try {
      return Math.toIntExact(
          clients
              .filter(client -> {
                PrincipalId owner = first.putIfAbsent(new Use(document, client), principal);
                return owner != null && !owner.equals(principal);
              })
              .count());
    } finally {
      lock.unlock();
    }
  }
}
