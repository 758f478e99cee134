package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Many changes laid over entities, in order. A document's updates are merged in one piece at the
/// end: one at a time they would cost the square of their number.
public final class Folding {

  private final Function<ModelName, MergeRule> rules;
  private final Map<EntityKey, Entity> entities = new HashMap<>();
  private final Map<EntityKey, List<Bytes>> updates = new HashMap<>();

  /// An empty fold.
  ///
  /// @param rules the rule of each model
  public Folding(Function<ModelName, MergeRule> rules) {
    this.rules = Objects.requireNonNull(rules);
  }

  /// Begins with an entity as it stood.
  public void begin(Entity entity) {
    entities.put(entity.key(), entity);
    if (entity.body() != null && rules.apply(entity.key().model()) instanceof DocumentRule) {
      updates.put(entity.key(), new ArrayList<>(List.of(entity.body())));
    }
  }

  /// An entity so far, a document without its state; null when it has not begun.
  public @Nullable Entity soFar(EntityKey key) {
    return entities.get(key);
  }

  /// Lays a change over its entity.
  public void add(Change change) {
    EntityKey key = change.entity();
    MergeRule rule = rules.apply(key.model());
    if (rule instanceof DocumentRule) {
      gather(change);
      entities.put(key, rule.advance(entities.get(key), change));
    } else {
      entities.put(key, rule.fold(entities.get(key), change));
    }
  }

  private void gather(Change change) {
    List<Bytes> said = updates.computeIfAbsent(change.entity(), ignored -> new ArrayList<>());
    if (change.action() == Action.DELETE) {
      said.clear();
    } else if (change.body() != null) {
      said.add(change.body());
    }
  }

  /// An entity with all that was laid over it; null when it has not begun.
  public @Nullable Entity whole(EntityKey key) {
    return with(key, (merge, said) -> merge.mergeAll(null, said));
  }

  /// The same, to be kept: without what a document needs no more ([DocumentMerge#settle]).
  public @Nullable Entity settled(EntityKey key) {
    return with(key, (merge, said) -> merge.settle(merge.mergeAll(null, said)));
  }

  private @Nullable Entity with(
      EntityKey key, BiFunction<DocumentMerge, List<Bytes>, Bytes> state) {
    Entity entity = entities.get(key);
    List<Bytes> said = updates.getOrDefault(key, List.of());
    return entity != null
            && !said.isEmpty()
            && rules.apply(key.model()) instanceof DocumentRule document
        ? DocumentRule.withBody(entity, state.apply(document.merge(), said))
        : entity;
  }
}
