package dev.anabranch.simulation;

import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.rule.DocumentRule;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestModels;
import java.util.List;
import java.util.Set;

/// The server's entities as a device should know them.
final class Copies {

  private static final PageLimit ALL = new PageLimit(10_000, 64 * 1024 * 1024);

  private Copies() {}

  static List<Entity> living(Store store, ScopeName scope, ModelName model) {
    return living(store, scope, Set.of(model));
  }

  /// Those of every model.
  static List<Entity> living(Store store, ScopeName scope) {
    return living(store, scope, Set.of());
  }

  private static List<Entity> living(Store store, ScopeName scope, Set<ModelName> models) {
    return store.snapshot(scope, models, null, ALL).entities().stream()
        .map(entity -> whole(store, entity))
        .toList();
  }

  private static Entity whole(Store store, Entity entity) {
    return TestModels.ruleOf(entity.key().model()) instanceof DocumentRule rule
        ? DocumentTrail.whole(store, entity, rule)
        : entity;
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
