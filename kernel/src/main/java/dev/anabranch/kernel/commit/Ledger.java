package dev.anabranch.kernel.commit;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Hlc;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The state of a batch under way: what was loaded, overlaid by what its earlier writes did.
///
/// A failed atomic call is taken back by [#rollBack]; everything else only goes forward.
final class Ledger implements Derivation.State {

  private final Loaded loaded;
  private final Derivation.Originals originals;
  private final List<Effects.Logged> logged = new ArrayList<>();
  private final Map<EntityKey, Entity> entities = new LinkedHashMap<>();
  private final Map<Remembered.Name, Remembered> answers = new LinkedHashMap<>();
  private final Map<Remembered.Name, Remembered> unlogged = new LinkedHashMap<>();
  private final Map<DeviceName, DeviceState> devices = new LinkedHashMap<>();
  private final Map<ScopeName, ScopeHead> scopes = new LinkedHashMap<>();
  private final Map<Long, Marked> marked = new LinkedHashMap<>();
  private final Map<Long, Boolean> unmarked = new LinkedHashMap<>();
  private final Map<Effects.Erasure, Boolean> erased = new LinkedHashMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final @Nullable Balance balance; // null = nobody asks
  private final List<RuntimeException> bugs = new ArrayList<>();
  private long headId;
  private long headHlc;

  /// A ledger in which nothing was written.
  ///
  /// @param holdings what everybody has so far; null = nobody asks
  Ledger(Loaded loaded, Derivation.Originals originals, @Nullable Holdings holdings) {
    this.loaded = loaded;
    this.originals = originals;
    this.balance = holdings == null ? null : new Balance(holdings, undo::push);
    this.headId = loaded.headId();
    this.headHlc = loaded.headHlc();
  }

  long nextId() {
    return headId + 1;
  }

  long nextHlc(long nowMillis) {
    return Hlc.next(headHlc, nowMillis);
  }

  ScopeHead scope(ScopeName scope) {
    ScopeHead head = scopes.get(scope);
    return head == null ? loaded.scope(scope) : head;
  }

  @Override
  public @Nullable Entity entity(EntityKey key) {
    Entity entity = entities.get(key);
    return entity == null ? loaded.entity(key) : entity;
  }

  @Override
  public boolean isKnown(Derivation.Derived prospect) {
    return remembered(Sequencer.name(prospect.caller(), prospect.write())) != null;
  }

  @Override
  public Derivation.Originals originals() {
    return originals;
  }

  @Nullable DeviceState device(DeviceName name) {
    DeviceState device = devices.get(name);
    return device == null ? loaded.device(name) : device;
  }

  @Nullable Remembered remembered(Remembered.Name name) {
    Remembered answer = answers.get(name);
    return answer == null ? loaded.remembered(name) : answer;
  }

  /// Logs a change with everything that goes with it (K3).
  void log(Change change, WriteHash hash, Entity after, DeviceState device) {
    ScopeHead head = scope(change.scope());
    long id = headId;
    long hlc = headHlc;
    undo.push(() -> {
      logged.removeLast();
      headId = id;
      headHlc = hlc;
    });
    logged.add(new Effects.Logged(change, hash));
    if (balance != null) {
      balance.logged(change);
    }
    headId = change.id();
    headHlc =
        Math.max(headHlc, Hlc.clamp(change.hlc(), change.at(), Sequencer.HLC_AHEAD_MILLIS_MAX));
    put(entities, change.entity(), after);
    put(devices, new DeviceName(device.scope(), device.device()), device);
    put(
        scopes,
        change.scope(),
        new ScopeHead(change.scope(), change.seq(), change.id(), head.floorSeq(), head.floorId()));
    Remembered.Name name = new Remembered.Name(change.scope(), change.author(), change.key());
    Outcome answer = new Outcome.Applied(change.id(), change.seq(), change.version(), null);
    put(answers, name, new Remembered(name, hash, answer));
  }

  /// A change can be found from now on.
  void mark(Marked fresh) {
    put(marked, fresh.change().id(), fresh);
  }

  /// A change can no longer be found; one of this very batch never could.
  void unmark(long id) {
    Marked fresh = marked.remove(id);
    if (fresh == null) {
      put(unmarked, id, true);
    } else {
      undo.push(() -> marked.put(id, fresh));
    }
  }

  /// Nothing stays of an entity's changes up to the one that it stands at.
  ///
  /// @param authors only of what these wrote; empty = of what anybody did
  void erase(Entity entity, Set<PrincipalId> authors) {
    Effects.Erasure erasure = new Effects.Erasure(entity.key(), entity.seq(), authors);
    put(erased, erasure, true);
    if (balance != null) {
      balance.erased(erasure, logged.reversed());
    }
  }

  /// What is in the log under some names.
  Holding held(Set<PrincipalId> names) {
    return balance == null ? Holding.NOTHING : balance.of(names);
  }

  /// By how much what somebody has moved.
  Map<PrincipalId, Holding> moved() {
    return balance == null ? Map.of() : balance.moved();
  }

  /// Keeps an answer that leaves no change behind.
  void remember(Remembered answer) {
    put(answers, answer.of(), answer);
    put(unlogged, answer.of(), answer);
  }

  /// Moves a device's count on by a write that left no change behind.
  void count(DeviceState device) {
    put(devices, new DeviceName(device.scope(), device.device()), device);
  }

  /// Notes what a rule or a schema threw; it stays when the write is taken back.
  void broke(RuntimeException bug) {
    bugs.add(bug);
  }

  List<RuntimeException> bugs() {
    return bugs;
  }

  /// A point that [#rollBack] can return to.
  int mark() {
    return undo.size();
  }

  /// Takes back everything since a mark.
  void rollBack(int mark) {
    while (undo.size() > mark) {
      undo.pop().run();
    }
  }

  private <K, V> void put(Map<K, V> map, K key, V value) {
    V before = map.put(key, value);
    undo.push(() -> {
      if (before == null) {
        map.remove(key);
      } else {
        map.put(key, before);
      }
    });
  }

  Effects effects() {
    return new Effects(
        headId,
        headHlc,
        logged,
        List.copyOf(entities.values()),
        List.copyOf(unlogged.values()),
        List.copyOf(devices.values()),
        List.copyOf(scopes.values()),
        marked.values().stream().sorted(Comparator.comparing(one -> one.change().id())).toList(),
        List.copyOf(unmarked.keySet()),
        List.copyOf(erased.keySet()));
  }
}
