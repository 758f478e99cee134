package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A local copy that lives as long as this object: for tests, simulations and tools that need no
/// memory of their own.
///
/// Its crash semantics are those of a disk: what [#write] returned from stays, work that threw left
/// nothing. A simulated device that crashes drops its client and opens a new one on the same
/// object.
public final class MemoryReplica implements ReplicaStore {

  private static final Comparator<EntityKey> BY_NAME =
      Comparator.comparing(EntityKey::scope)
          .thenComparing(EntityKey::model)
          .thenComparing(EntityKey::id);

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Tables tables;

  /// An empty copy of this device.
  public MemoryReplica(DeviceId device) {
    this(new Tables(device));
  }

  private MemoryReplica(Tables tables) {
    this.tables = tables;
  }

  /// What is in it now, as a copy that goes its own way: a disk's content before a crash. In a
  /// transaction, what that has done so far is in it.
  public MemoryReplica fork() {
    lock.readLock().lock();
    try {
      return new MemoryReplica(new Tables(tables));
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public <T> T write(Function<ReplicaTransaction, T> work) {
    lock.writeLock().lock();
    try {
      T result = work.apply(tables);
      tables.undo.clear();
      return result;
    } catch (RuntimeException | Error thrown) {
      tables.rollBack();
      throw thrown;
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public <T> T read(Function<ReplicaReading, T> work) {
    lock.readLock().lock();
    try {
      return work.apply(tables);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    // Whoever opens it again finds everything as it was.
  }

  /// What is kept, and how to take back what a transaction under way did.
  private static final class Tables implements ReplicaTransaction {

    private final DeviceId device;
    private final TreeMap<ScopeName, ScopeCursor> cursors = new TreeMap<>();
    private final TreeMap<EntityKey, KnownEntity> known = new TreeMap<>(BY_NAME);
    private final TreeMap<EntityKey, KnownEntity> staged = new TreeMap<>(BY_NAME);
    private final TreeMap<Long, QueuedWrite> pending = new TreeMap<>();
    private final TreeMap<EntityKey, List<DocumentUpdate>> updates = new TreeMap<>(BY_NAME);
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private long lastNumber;
    private long lastUpdate;

    private Tables(DeviceId device) {
      this.device = device;
    }

    private Tables(Tables other) {
      this(other.device);
      cursors.putAll(other.cursors);
      known.putAll(other.known);
      staged.putAll(other.staged);
      pending.putAll(other.pending);
      updates.putAll(other.updates);
      lastNumber = other.lastNumber;
      lastUpdate = other.lastUpdate;
    }

    private void rollBack() {
      while (!undo.isEmpty()) {
        undo.pop().run();
      }
    }

    private <K, V> void set(Map<K, V> map, K key, @Nullable V value) {
      V before = value == null ? map.remove(key) : map.put(key, value);
      undo.push(() -> {
        if (before == null) {
          map.remove(key);
        } else {
          map.put(key, before);
        }
      });
    }

    @Override
    public DeviceId device() {
      return device;
    }

    @Override
    public List<ScopeCursor> cursors() {
      return List.copyOf(cursors.values());
    }

    @Override
    public Optional<ScopeCursor> cursor(ScopeName scope) {
      return Optional.ofNullable(cursors.get(scope));
    }

    @Override
    public Optional<KnownEntity> known(EntityKey key) {
      return Optional.ofNullable(known.get(key));
    }

    @Override
    public List<KnownEntity> known(
        ScopeName scope, ModelName model, @Nullable EntityId after, int countMax) {
      return known.values().stream()
          .filter(entity -> entity.key().scope().equals(scope))
          .filter(entity -> entity.key().model().equals(model))
          .filter(entity -> after == null || entity.key().id().compareTo(after) > 0)
          .limit(countMax)
          .toList();
    }

    @Override
    public List<ModelName> models(ScopeName scope) {
      TreeSet<ModelName> models = new TreeSet<>();
      of(known, scope).forEach(key -> models.add(key.model()));
      pending.values().stream()
          .filter(write -> write.scope().equals(scope))
          .forEach(write -> models.add(write.entity().model()));
      return List.copyOf(models);
    }

    @Override
    public List<QueuedWrite> pending() {
      return List.copyOf(pending.values());
    }

    @Override
    public List<QueuedWrite> pending(ScopeName scope, ModelName model) {
      return pending.values().stream()
          .filter(write -> write.scope().equals(scope) && write.entity().model().equals(model))
          .toList();
    }

    @Override
    public List<QueuedWrite> pending(EntityKey key) {
      return pending.values().stream().filter(write -> write.entity().equals(key)).toList();
    }

    @Override
    public void put(KnownEntity entity) {
      set(known, entity.key(), entity);
    }

    @Override
    public void remove(EntityKey key) {
      set(known, key, null);
    }

    @Override
    public void place(ScopeCursor cursor) {
      set(cursors, cursor.scope(), cursor);
    }

    @Override
    public void forget(ScopeName scope) {
      set(cursors, scope, null);
      of(known, scope).forEach(key -> set(known, key, null));
      documents(scope).forEach(key -> set(updates, key, null));
      unstage(scope);
    }

    @Override
    public QueuedWrite enqueue(QueuedWrite fresh) {
      QueuedWrite write = fresh.numbered(++lastNumber);
      set(pending, write.number(), write);
      return write;
    }

    @Override
    public void amend(long number, Bytes update) {
      QueuedWrite write = pending.get(number);
      if (write != null) {
        set(pending, number, write.holding(update));
      }
    }

    @Override
    public void replace(QueuedWrite write) {
      if (pending.containsKey(write.number())) {
        set(pending, write.number(), write);
      }
    }

    @Override
    public List<DocumentUpdate> updates(EntityKey document, long after) {
      return updates.getOrDefault(document, List.of()).stream()
          .filter(update -> update.number() > after)
          .toList();
    }

    @Override
    public List<EntityKey> documents(ScopeName scope) {
      return of(updates, scope);
    }

    @Override
    public int keep(EntityKey document, Bytes update) {
      List<DocumentUpdate> kept = new ArrayList<>(updates(document, 0));
      kept.add(new DocumentUpdate(++lastUpdate, update));
      set(updates, document, List.copyOf(kept));
      return kept.size();
    }

    @Override
    public void keepOnly(EntityKey document, @Nullable Bytes update) {
      set(
          updates,
          document,
          update == null ? null : List.of(new DocumentUpdate(++lastUpdate, update)));
    }

    @Override
    public Optional<KnownEntity> staged(EntityKey key) {
      return Optional.ofNullable(staged.get(key));
    }

    @Override
    public void accept(long number, long changeId, long version) {
      QueuedWrite write = pending.get(number);
      if (write != null) {
        set(pending, number, write.accepted(changeId, version));
      }
    }

    @Override
    public void decide(long number) {
      QueuedWrite write = pending.get(number);
      if (write != null) {
        set(pending, number, write.decidedUnanswered());
      }
    }

    @Override
    public void drop(long number) {
      set(pending, number, null);
    }

    @Override
    public void stage(List<KnownEntity> entities) {
      entities.forEach(entity -> set(staged, entity.key(), entity));
    }

    @Override
    public void unstage(ScopeName scope) {
      of(staged, scope).forEach(key -> set(staged, key, null));
    }

    @Override
    public List<StagedDifference> stagedDifferences(ScopeName scope) {
      List<StagedDifference> differing = new ArrayList<>();
      for (EntityKey key : of(staged, scope)) {
        if (!data(staged.get(key)).equals(data(known.get(key)))) {
          differing.add(new StagedDifference(key, known.get(key), staged.get(key)));
        }
      }
      for (EntityKey key : of(known, scope)) {
        if (!staged.containsKey(key)) {
          differing.add(new StagedDifference(key, known.get(key), null));
        }
      }
      return differing;
    }

    private static Optional<JsonObject> data(@Nullable KnownEntity entity) {
      return entity == null ? Optional.empty() : Optional.of(entity.data());
    }

    @Override
    public void adoptStaged(ScopeName scope) {
      of(known, scope).forEach(key -> set(known, key, null));
      for (EntityKey key : of(staged, scope)) {
        set(known, key, staged.get(key));
        set(staged, key, null);
      }
    }

    private static List<EntityKey> of(Map<EntityKey, ?> entities, ScopeName scope) {
      return entities.keySet().stream().filter(key -> key.scope().equals(scope)).toList();
    }
  }
}
