package dev.anabranch.storage.sql;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Needs;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the writer need not ask the database, because nobody else writes: rows that recent batches
/// read or wrote, and that some were not there.
///
/// It never holds anything that is not durable, and is dropped with the first failure.
final class WriterCache {

  /// About what a name, a head or a count takes in memory.
  private static final int SMALL_BYTES = 300;

  private final BoundedCache<ScopeName, ScopeRow> scopes;
  private final BoundedCache<PrincipalId, Long> principals;
  private final BoundedCache<Needs.DeviceName, Optional<DeviceState>> devices;
  private final BoundedCache<EntityKey, Optional<Entity>> entities;

  /// @param bytesMax about how much memory all of it may take
  WriterCache(long bytesMax) {
    scopes = new BoundedCache<>(bytesMax / 8, ignored -> SMALL_BYTES);
    principals = new BoundedCache<>(bytesMax / 8, ignored -> SMALL_BYTES);
    devices = new BoundedCache<>(bytesMax / 8, ignored -> SMALL_BYTES);
    entities = new BoundedCache<>(bytesMax / 8 * 5, WriterCache::bytes);
  }

  private static long bytes(Optional<Entity> cached) {
    if (cached.isEmpty()) {
      return SMALL_BYTES;
    }
    Entity entity = cached.get();
    JsonObject state = entity.ruleState();
    Bytes body = entity.body();
    long characters =
        (long) entity.data().text().length() + (state == null ? 0 : state.text().length());
    return SMALL_BYTES + 6L * characters + (body == null ? 0 : body.size());
  }

  @Nullable ScopeRow scope(ScopeName scope) {
    return scopes.get(scope);
  }

  @Nullable Long principal(PrincipalId principal) {
    return principals.get(principal);
  }

  /// Null = ask the database; empty = it is not there.
  @SuppressWarnings("NullableOptional")
  @Nullable Optional<DeviceState> device(Needs.DeviceName name) {
    return devices.get(name);
  }

  /// Null = ask the database; empty = it is not there.
  @SuppressWarnings("NullableOptional")
  @Nullable Optional<Entity> entity(EntityKey key) {
    return entities.get(key);
  }

  void keep(ScopeRow scope) {
    scopes.put(scope.head().scope(), scope);
  }

  void keep(PrincipalId principal, long principalId) {
    principals.put(principal, principalId);
  }

  void keep(Needs.DeviceName name, @Nullable DeviceState device) {
    devices.put(name, Optional.ofNullable(device));
  }

  void keep(EntityKey key, @Nullable Entity entity) {
    entities.put(key, Optional.ofNullable(entity));
  }

  void clearScopes() {
    scopes.clear();
  }

  void clear() {
    scopes.clear();
    principals.clear();
    devices.clear();
    entities.clear();
  }

  /// How many values had to go for others so far.
  long dropped() {
    return scopes.dropped() + principals.dropped() + devices.dropped() + entities.dropped();
  }
}
