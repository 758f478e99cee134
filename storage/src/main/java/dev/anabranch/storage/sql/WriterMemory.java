package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.storage.sql.SqlReader.ScopeRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the writer knows without asking again: it is the only one who changes it.
///
/// Bounded, least recently used first out (K11); told only after a commit, and gone with the store
/// after a failure.
public final class WriterMemory {

  private static final int SCOPES_MAX = 50_000;
  private static final int PRINCIPALS_MAX = 50_000;
  private static final int DEVICES_MAX = 50_000;
  private static final int ENTITIES_MAX = 50_000;
  private static final int ENTITY_CHARS_MAX = 4096;

  private final Map<ScopeName, ScopeRow> scopes = recent(SCOPES_MAX);
  private final Map<PrincipalId, Long> principals = recent(PRINCIPALS_MAX);
  private final Map<DeviceName, DeviceState> devices = recent(DEVICES_MAX);
  private final Map<EntityKey, Entity> entities = recent(ENTITIES_MAX);

  private static <K, V> Map<K, V> recent(int countMax) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > countMax;
      }
    };
  }

  public @Nullable ScopeRow scope(ScopeName scope) {
    return scopes.get(scope);
  }

  public @Nullable Long principal(PrincipalId principal) {
    return principals.get(principal);
  }

  public @Nullable DeviceState device(DeviceName name) {
    return devices.get(name);
  }

  public @Nullable Entity entity(EntityKey key) {
    return entities.get(key);
  }

  /// A scope as it is on disk.
  public void learn(ScopeRow scope) {
    scopes.put(scope.head().scope(), scope);
  }

  /// A principal's number as it is on disk.
  public void learn(PrincipalId principal, long number) {
    principals.put(principal, number);
  }

  /// An entity as it is on disk.
  public void learn(Entity entity) {
    boolean small =
        entity.data().text().length() <= ENTITY_CHARS_MAX
            && (entity.body() == null || entity.body().size() <= ENTITY_CHARS_MAX)
            && (entity.ruleState() == null
                || entity.ruleState().text().length() <= ENTITY_CHARS_MAX);
    if (small) {
      entities.put(entity.key(), entity);
    } else {
      entities.remove(entity.key());
    }
  }

  /// A device's count as it is on disk.
  public void learn(DeviceState device) {
    devices.put(new DeviceName(device.scope(), device.device()), device);
  }

  /// What a commit has made of it all.
  public void committed(Effects effects) {
    effects.entities().forEach(this::learn);
    effects.devices().forEach(this::learn);
    for (ScopeHead head : effects.scopes()) {
      ScopeRow known = scopes.get(head.scope());
      if (known != null) {
        scopes.put(head.scope(), new ScopeRow(known.number(), head));
      }
    }
  }

  /// A scope's floor was raised.
  public void forget(ScopeName scope) {
    scopes.remove(scope);
  }
}
