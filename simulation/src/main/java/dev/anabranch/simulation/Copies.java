package dev.anabranch.simulation;

import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import java.util.List;
import java.util.Set;

/// The server's entities as a device should know them.
final class Copies {

  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  private Copies() {}

  static List<Entity> living(Store store, ScopeName scope, ModelName model) {
    return store.snapshot(scope, Set.of(model), null, ALL).entities();
  }

  static KnownEntity known(Entity entity) {
    return new KnownEntity(
        entity.key(),
        entity.version(),
        entity.data(),
        entity.body(),
        entity.createdAt(),
        entity.updatedAt(),
        entity.id());
  }
}
