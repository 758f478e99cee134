package dev.anabranch.kernel.log;

import java.util.Objects;

/// Names one entity on the whole server.
public record EntityKey(ScopeName scope, ModelName model, EntityId id) {

  public EntityKey {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(id, "id");
  }

  /// The entity that holds a principal's rights on a scope.
  public static EntityKey grant(ScopeName scope, PrincipalId principal) {
    return new EntityKey(scope, ModelName.GRANT, new EntityId(principal.text()));
  }
}
