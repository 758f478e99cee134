package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Set;

/// What a batch will look up, known before its transaction begins, so that a store can load it in
/// few queries.
///
/// @param scopes whose heads
/// @param keys whose first answers
/// @param entities including the grants of every caller
/// @param devices whose counts
public record Needs(
    Set<ScopeName> scopes,
    Set<Remembered.Name> keys,
    Set<EntityKey> entities,
    Set<DeviceName> devices) {

  public Needs {
    scopes = Set.copyOf(scopes);
    keys = Set.copyOf(keys);
    entities = Set.copyOf(entities);
    devices = Set.copyOf(devices);
  }

  /// A device in a scope.
  public record DeviceName(ScopeName scope, DeviceId device) {}
}
