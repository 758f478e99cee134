package dev.anabranch.engine;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.rule.CausalRule;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An entity as one of its earlier changes left it: walks back along `prior` and folds forward
/// again.
final class EarlierEntity {

  /// The longest walk, in changes.
  private static final int CHANGES_MAX = 1_000;

  private static final PageLimit PAGE = new PageLimit(100, 1 << 20);

  private EarlierEntity() {}

  /// The entity after its change at `seq`; empty when the log does not reach back far enough, or
  /// the way back is too long.
  static Optional<Entity> of(Store store, EntityKey key, long seq, MergeRule rule) {
    Deque<Change> path = new ArrayDeque<>();
    for (long at = seq; at > 0; at = path.getFirst().prior()) {
      List<Change> page = store.trail(key.scope(), at, 0, PAGE);
      if (page.isEmpty()
          || !page.getFirst().entity().equals(key)
          || path.size() + page.size() > CHANGES_MAX) {
        return Optional.empty();
      }
      for (Change change : page) {
        path.addFirst(change);
        if (change.action() == Action.INSERT && !(rule instanceof CausalRule)) {
          return fold(path, rule);
        }
      }
    }
    return fold(path, rule);
  }

  private static Optional<Entity> fold(Iterable<Change> path, MergeRule rule) {
    @Nullable Entity entity = null;
    for (Change change : path) {
      entity = rule.fold(entity, change);
    }
    return Optional.ofNullable(entity);
  }
}
