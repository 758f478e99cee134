package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Some living entities of a scope, ordered by model and id.
///
/// @param entities bounded by count and bytes
/// @param next where the next page begins; null = this was the last one
public record SnapshotPage(List<Entity> entities, @Nullable Place next) {

  public SnapshotPage {
    entities = List.copyOf(entities);
  }

  /// After this entity.
  public record Place(ModelName model, EntityId id) {}
}
