package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one batch starts from, as it was found in the database and the cache.
public final class LoadedBatch implements Loaded {

  private final BatchNames names;
  private final Map<Remembered.Name, Remembered> answers = new HashMap<>();
  private final Map<EntityKey, Entity> entities = new HashMap<>();
  private final Map<Needs.DeviceName, DeviceState> devices = new HashMap<>();
  private Head head = new Head(0, 0);

  /// One that has nothing yet.
  public LoadedBatch(BatchNames names) {
    this.names = names;
  }

  /// Puts in the head of the whole database.
  public void head(Head found) {
    head = found;
  }

  /// The head of the whole database.
  public Head head() {
    return head;
  }

  /// Puts in a first answer.
  public void put(Remembered answer) {
    answers.put(answer.of(), answer);
  }

  /// Whether any first answer was found.
  public boolean hasAnswers() {
    return !answers.isEmpty();
  }

  /// Puts in an entity.
  public void put(Entity entity) {
    entities.put(entity.key(), entity);
  }

  /// Puts in a device's count.
  public void put(DeviceState device) {
    devices.put(new Needs.DeviceName(device.scope(), device.device()), device);
  }

  @Override
  public long headId() {
    return head.id();
  }

  @Override
  public long headHlc() {
    return head.hlc();
  }

  @Override
  public ScopeHead scope(ScopeName scope) {
    ScopeRow row = names.scope(scope);
    return row == null ? ScopeHead.empty(scope) : row.head();
  }

  @Override
  public @Nullable Remembered remembered(Remembered.Name name) {
    return answers.get(name);
  }

  @Override
  public @Nullable Entity entity(EntityKey key) {
    return entities.get(key);
  }

  @Override
  public @Nullable DeviceState device(Needs.DeviceName name) {
    return devices.get(name);
  }
}
