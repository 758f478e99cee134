package dev.anabranch.testkit;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Folded;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a [MemoryStore] knows: the fold of its journal.
final class MemoryTables implements Loaded {

  /// The ids of each epoch begin at epoch × 2⁴⁰.
  private static final int EPOCH_BITS = 40;

  private static final Comparator<EntityKey> BY_MODEL_AND_ID =
      Comparator.comparing(EntityKey::model).thenComparing(EntityKey::id);

  final NavigableMap<ScopeName, ScopeHead> heads = new TreeMap<>();
  final Map<ScopeName, List<Change>> logs = new HashMap<>();
  final Map<ScopeName, NavigableMap<EntityKey, Entity>> states = new HashMap<>();
  final Map<ScopeName, NavigableMap<EntityKey, Entity>> floors = new HashMap<>();
  final Map<EntityKey, Folded> folded = new HashMap<>();
  final Map<Remembered.Name, Remembered> answers = new HashMap<>();
  final Map<Needs.DeviceName, DeviceState> devices = new HashMap<>();
  final NavigableMap<Long, Marked> marked = new TreeMap<>();
  final Map<ModelName, String> rules = new HashMap<>();
  final Map<List<String>, Credential> credentials = new LinkedHashMap<>();

  /// For each restore, the last id of the backup and the first id − 1 of the epoch it began.
  private final NavigableMap<Long, Long> forgotten = new TreeMap<>();

  private long headId;
  private long headHlc;
  private @Nullable WriteHash lastHash;
  private long epoch;

  /// Replays one record.
  void apply(JournalRecord record) {
    switch (record) {
      case JournalRecord.Committed(Effects effects) -> commit(effects);
      case JournalRecord.FloorRaised(ScopeHead head, List<Entity> moved) -> raise(head, moved);
      case JournalRecord.CredentialKept(Credential credential) ->
          credentials.put(List.of(credential.kind(), credential.publicId()), credential);
      case JournalRecord.Restored(long begun, long restoredId) -> {
        epoch = begun;
        headId = begun << EPOCH_BITS;
        lastHash = null;
        forgotten.put(restoredId, headId);
      }
    }
  }

  private void commit(Effects effects) {
    headId = effects.headId();
    headHlc = effects.headHlc();
    effects.logged().forEach(this::log);
    effects.entities().forEach(entity -> put(states, entity));
    effects.remembered().forEach(answer -> answers.put(answer.of(), answer));
    effects
        .devices()
        .forEach(
            device -> devices.put(new Needs.DeviceName(device.scope(), device.device()), device));
    effects.scopes().forEach(head -> heads.put(head.scope(), head));
    effects.marked().forEach(fresh -> marked.put(fresh.change().id(), fresh));
    effects.unmarked().forEach(marked::remove);
    effects.erased().forEach(this::erase);
  }

  private void erase(Effects.Erasure erasure) {
    logs.getOrDefault(erasure.entity().scope(), List.of())
        .replaceAll(change ->
            change.entity().equals(erasure.entity())
                    && change.seq() <= erasure.seq()
                    && erasure.isOf(change.author())
                ? change.blanked()
                : change);
  }

  private void log(Effects.Logged logged) {
    Change change = logged.change();
    lastHash = logged.hash();
    logs.computeIfAbsent(change.scope(), ignored -> new ArrayList<>()).add(change);
    Remembered.Name name = new Remembered.Name(change.scope(), change.author(), change.key());
    Outcome first = new Outcome.Applied(change.id(), change.seq(), change.version(), null);
    answers.put(name, new Remembered(name, logged.hash(), first));
  }

  private void raise(ScopeHead head, List<Entity> moved) {
    log(head.scope()).removeIf(change -> change.seq() <= head.floorSeq());
    moved.forEach(entity -> put(floors, entity));
    heads.put(head.scope(), head);
  }

  private static void put(Map<ScopeName, NavigableMap<EntityKey, Entity>> tables, Entity entity) {
    tables
        .computeIfAbsent(entity.key().scope(), ignored -> new TreeMap<>(BY_MODEL_AND_ID))
        .put(entity.key(), entity);
  }

  /// The retained changes of a scope.
  List<Change> log(ScopeName scope) {
    return logs.getOrDefault(scope, new ArrayList<>());
  }

  /// A scope's entities by model and id.
  static NavigableMap<EntityKey, Entity> of(
      Map<ScopeName, NavigableMap<EntityKey, Entity>> tables, ScopeName scope) {
    return tables.getOrDefault(scope, new TreeMap<>(BY_MODEL_AND_ID));
  }

  long epoch() {
    return epoch;
  }

  LogEnd end() {
    return new LogEnd(epoch, headId, lastHash);
  }

  /// Whether a cursor was given by a history that a restore took back.
  boolean isForgotten(long cursor) {
    Map.Entry<Long, Long> restore = forgotten.lowerEntry(cursor);
    return restore != null && cursor <= restore.getValue();
  }

  @Override
  public long headId() {
    return headId;
  }

  @Override
  public long headHlc() {
    return headHlc;
  }

  @Override
  public ScopeHead scope(ScopeName scope) {
    return heads.getOrDefault(scope, ScopeHead.empty(scope));
  }

  @Override
  public @Nullable Remembered remembered(Remembered.Name name) {
    return answers.get(name);
  }

  @Override
  public @Nullable Entity entity(EntityKey key) {
    return of(states, key.scope()).get(key);
  }

  @Override
  public @Nullable DeviceState device(Needs.DeviceName name) {
    return devices.get(name);
  }
}
