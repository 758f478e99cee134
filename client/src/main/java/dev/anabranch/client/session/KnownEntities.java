package dev.anabranch.client.session;

import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.kernel.log.EntityKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is known of the entities that a step touches: each is read from disk once, however often
/// the step looks at it; what changes is written through.
final class KnownEntities {

  private final Map<EntityKey, Optional<KnownEntity>> read = new HashMap<>();

  @Nullable KnownEntity get(ReplicaTransaction replica, EntityKey key) {
    Optional<KnownEntity> known = read.get(key);
    if (known == null) {
      known = replica.known(key);
      read.put(key, known);
    }
    return known.orElse(null);
  }

  /// An entity is so now; null = it does not live.
  void set(ReplicaTransaction replica, EntityKey key, @Nullable KnownEntity now) {
    if (now == null) {
      replica.remove(key);
    } else {
      replica.put(now);
    }
    learn(key, now);
  }

  /// An entity is so on disk.
  void learn(EntityKey key, @Nullable KnownEntity now) {
    read.put(key, Optional.ofNullable(now));
  }

  /// The step is over.
  void forget() {
    read.clear();
  }
}
