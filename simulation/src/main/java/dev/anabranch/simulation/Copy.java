package dev.anabranch.simulation;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.testkit.TestModels;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A follower's copy of a scope: a snapshot and the changes after it, folded by the kernel's rules.
final class Copy {

  private final Map<EntityKey, Entity> entities;
  private long cursor;
  private long seq;

  private Copy(Map<EntityKey, Entity> entities, long cursor, long seq) {
    this.entities = entities;
    this.cursor = cursor;
    this.seq = seq;
  }

  static Copy empty() {
    return new Copy(new HashMap<>(), 0, 0);
  }

  /// A snapshot whose rows may be newer than the head that was taken before it.
  static Copy of(ScopeHead head, List<Entity> snapshot) {
    Copy copy = new Copy(new HashMap<>(), head.id(), head.seq());
    snapshot.forEach(entity -> copy.entities.put(entity.key(), entity));
    return copy;
  }

  Copy copy() {
    return new Copy(new HashMap<>(entities), cursor, seq);
  }

  long cursor() {
    return cursor;
  }

  long seq() {
    return seq;
  }

  Collection<Entity> entities() {
    return entities.values();
  }

  /// Lays a change over its entity, unless the entity is newer.
  ///
  /// @return the entity afterwards
  Entity apply(Change change) {
    Entity before = entities.get(change.entity());
    Entity after =
        before == null || before.seq() < change.seq()
            ? TestModels.ruleOf(change.entity().model()).fold(before, change)
            : before;
    entities.put(change.entity(), after);
    cursor = change.id();
    seq = change.seq();
    return after;
  }

  /// What differs from the living entities of the server.
  List<EntityKey> differsFrom(List<Entity> living) {
    Map<EntityKey, Entity> expected = comparable(living);
    Map<EntityKey, Entity> found = comparable(entities.values());
    Map<EntityKey, Entity> all = new HashMap<>(expected);
    all.putAll(found);
    return all.keySet().stream()
        .filter(key -> !Objects.equals(expected.get(key), found.get(key)))
        .toList();
  }

  private static Map<EntityKey, Entity> comparable(Collection<Entity> entities) {
    Map<EntityKey, Entity> comparable = new HashMap<>();
    entities.stream()
        .filter(Copy::isComparable)
        .forEach(entity -> comparable.put(entity.key(), entity));
    return comparable;
  }

  /// A snapshot leaves tombstones out, and with them the siblings of a deleted message: messages
  /// are not compared.
  static boolean isComparable(Entity entity) {
    return !entity.deleted() && !entity.key().model().equals(TestModels.MESSAGE);
  }
}
