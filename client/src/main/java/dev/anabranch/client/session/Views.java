package dev.anabranch.client.session;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.kernel.log.EntityKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How the entities touched by a transaction looked before it, so that one notice tells each that
/// looks different after it.
final class Views {

  private final PendingWrites pending;
  private final KnownEntities known;
  private final Map<EntityKey, Optional<EntityView>> before = new LinkedHashMap<>();

  Views(PendingWrites pending, KnownEntities known) {
    this.pending = pending;
    this.known = known;
  }

  /// The entity as it is shown now.
  @Nullable EntityView of(ReplicaTransaction replica, EntityKey key) {
    return Overlay.view(key, known.get(replica, key), pending.of(key));
  }

  /// The entity is about to change.
  void touch(ReplicaTransaction replica, EntityKey key) {
    if (!before.containsKey(key)) {
      before.put(key, Optional.ofNullable(of(replica, key)));
    }
  }

  /// What looks different since the first touch of each; starts over.
  List<Notice> changes(ReplicaTransaction replica) {
    List<Notice> changes = new ArrayList<>();
    before.forEach((key, then) -> {
      EntityView now = of(replica, key);
      if (!EntityView.looksAlike(then.orElse(null), now)) {
        changes.add(new Notice.EntityChanged(key, then.orElse(null), now));
      }
    });
    before.clear();
    return changes;
  }
}
