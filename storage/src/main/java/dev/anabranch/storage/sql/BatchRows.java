package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Remembered;
import java.util.List;
import java.util.Set;

/// What a batch writes.
///
/// @param before where the whole log must end now
/// @param effects changes, entities, answers, counts and the head
/// @param scopes every scope that is new or whose head moved
/// @param principals those that have no row yet
/// @param fresh entities that were taken for new: where one is there, the batch is refused
/// @param unanswered keys that were taken for new: where one has an answer that left no change, the
///   batch is refused; one that left a change is refused by the index of keys, or by the table of
///   entities (decision 0095)
/// @param names the number of every scope and principal in it
public record BatchRows(
    Head before,
    Effects effects,
    List<ScopeRow> scopes,
    List<PrincipalId> principals,
    Set<EntityKey> fresh,
    List<Remembered.Name> unanswered,
    BatchNames names) {

  /// The entities to insert.
  public List<Entity> inserted() {
    return effects.entities().stream().filter(entity -> fresh.contains(entity.key())).toList();
  }

  /// The entities to insert or replace.
  public List<Entity> upserted() {
    return effects.entities().stream().filter(entity -> !fresh.contains(entity.key())).toList();
  }
}
