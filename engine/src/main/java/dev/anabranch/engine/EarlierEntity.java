package dev.anabranch.engine;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.rule.CausalRule;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An entity as one of its earlier changes left it: walks back along `prior` and folds forward
/// again.
final class EarlierEntity {

  /// The longest walk, in changes.
  private static final int CHANGES_MAX = 10_000;

  private EarlierEntity() {}

  /// The entity after its change at `seq`; empty when the log does not reach back far enough.
  static Optional<Entity> of(Store store, EntityKey key, long seq, MergeRule rule) {
    Deque<Change> path = new ArrayDeque<>();
    for (long at = seq; at > 0; at = path.getFirst().prior()) {
      Optional<Change> change = store.change(key.scope(), at);
      if (change.isEmpty() || !change.get().entity().equals(key) || path.size() >= CHANGES_MAX) {
        return Optional.empty();
      }
      path.addFirst(change.get());
      if (change.get().action() == Action.INSERT && !(rule instanceof CausalRule)) {
        break;
      }
    }
    @Nullable Entity entity = null;
    for (Change change : path) {
      entity = rule.fold(entity, change);
    }
    return Optional.ofNullable(entity);
  }
}
