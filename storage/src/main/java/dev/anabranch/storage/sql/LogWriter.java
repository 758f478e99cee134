package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.StoreFailure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs batches, one at a time: load, decide, write, make durable (K3, K6).
///
/// The head, scopes, entities and counts may come from memory, which is true because this process
/// is the only writer.
public final class LogWriter {

  /// How many batches are decided over what the database says once one took for new what was there,
  /// that one among them.
  private static final int LOOKED_UP_AFTER_RETRY = 64;

  private final BatchPort port;
  private final WriterCache cache;
  private final MarkWriter marks;
  private long nextScopeId;
  private long nextPrincipalId;
  // Null = the database was not asked yet.
  private @Nullable Head head;
  // True from the first such answer on: nobody else writes, for which the lock or the lease
  // vouches.
  private boolean answeredWithoutChange;
  private int batchesToLookUp;
  private volatile LogEnd end;

  private LogWriter(
      BatchPort port,
      WriterCache cache,
      LogEnd end,
      long nextScopeId,
      long nextPrincipalId,
      boolean answeredWithoutChange) {
    this.port = port;
    this.cache = cache;
    this.end = end;
    this.marks = new MarkWriter(port.marks());
    this.nextScopeId = nextScopeId;
    this.nextPrincipalId = nextPrincipalId;
    this.answeredWithoutChange = answeredWithoutChange;
  }

  /// A writer to a database that this process owns.
  ///
  /// @param cacheBytesMax about how much memory its cache may take
  public static LogWriter open(BatchPort port, long cacheBytesMax) throws SQLException {
    port.begin();
    long scopes = greatest(port, "select coalesce(max(scope_id), 0) from scope");
    long principals = greatest(port, "select coalesce(max(principal_id), 0) from principal");
    boolean answered = hasAnswersWithoutChange(port);
    LogEnds.refuseToDiffer(port.session());
    LogEnd end = Epochs.end(port.session());
    port.rollBack();
    WriterCache cache = new WriterCache(cacheBytesMax);
    return new LogWriter(port, cache, end, scopes + 1, principals + 1, answered);
  }

  private static boolean hasAnswersWithoutChange(BatchPort port) throws SQLException {
    return greatest(port, "select count(*) from (select 1 from outcome limit 1) one") > 0;
  }

  private static long greatest(BatchPort port, String sql) throws SQLException {
    return Objects.requireNonNull(port.session().first(sql, row -> row.getLong(1)));
  }

  /// Decides over a batch as if its keys and whatever is not in memory were new, which saves asking
  /// for them: the index of keys refuses a change whose key was used, the table of entities one
  /// that is there, and what the batch does not write is asked for afterwards. When something was
  /// there after all, or somebody wrote beside us, everything is taken back and decided anew over
  /// what the database says, and so are the batches that follow: retries seldom come alone.
  Effects commit(Needs needs, Function<Loaded, Effects> decide) throws SQLException {
    Head before = head;
    if (before != null && batchesToLookUp == 0) {
      Effects effects = commitAsNew(before, needs, decide);
      if (effects != null) {
        return effects;
      }
      takeBack();
      batchesToLookUp = LOOKED_UP_AFTER_RETRY;
    }
    batchesToLookUp = Math.max(0, batchesToLookUp - 1);
    port.begin();
    BatchNames names = names(needs);
    LoadedBatch loaded = loadAll(needs, names);
    Effects effects = decide.apply(loaded);
    finish(rows(loaded.head(), effects, AsNew.NOTHING, names));
    return effects;
  }

  private @Nullable Effects commitAsNew(Head before, Needs needs, Function<Loaded, Effects> decide)
      throws SQLException {
    port.beginLightly(before);
    BatchNames names = names(needs);
    LoadedBatch loaded = new LoadedBatch(names);
    loaded.head(before);
    AsNew asNew = new AsNew(needs.keys(), Set.copyOf(entities(needs, names, loaded)));
    if (!devices(needs, names, loaded).isEmpty()) {
      loaded = loadAll(needs, names);
      asNew = AsNew.NOTHING;
    }
    Effects effects = decide.apply(loaded);
    AsNew written = asNew.writtenBy(effects);
    if (isAnyThere(asNew.without(written), effects, names)) {
      return null;
    }
    try {
      finish(rows(before, effects, written, names));
      return effects;
    } catch (SQLException failure) {
      if (port.isToRepeat(failure)) {
        return null;
      }
      throw failure;
    }
  }

  /// Keys and entities that a batch took for new without asking.
  private record AsNew(Set<Remembered.Name> keys, Set<EntityKey> entities) {
    static final AsNew NOTHING = new AsNew(Set.of(), Set.of());

    /// Those that an index looks at when the effects are written.
    AsNew writtenBy(Effects effects) {
      Set<Remembered.Name> changed = new HashSet<>();
      for (Effects.Logged logged : effects.logged()) {
        Change change = logged.change();
        changed.add(new Remembered.Name(change.scope(), change.author(), change.key()));
      }
      Set<EntityKey> inserted = new HashSet<>();
      effects.entities().forEach(entity -> inserted.add(entity.key()));
      changed.retainAll(keys);
      inserted.retainAll(entities);
      return new AsNew(changed, inserted);
    }

    AsNew without(AsNew other) {
      Set<Remembered.Name> otherKeys = new HashSet<>(keys);
      otherKeys.removeAll(other.keys);
      Set<EntityKey> otherEntities = new HashSet<>(entities);
      otherEntities.removeAll(other.entities);
      return new AsNew(otherKeys, otherEntities);
    }
  }

  /// A batch that writes nothing asks at least whether this process still owns the database.
  private boolean isAnyThere(AsNew unwritten, Effects effects, BatchNames names)
      throws SQLException {
    List<Remembered.Name> keys = known(unwritten.keys(), names);
    List<EntityKey> entities = List.copyOf(unwritten.entities());
    if (keys.isEmpty() && entities.isEmpty() && !effects.isEmpty()) {
      return false;
    }
    LoadedBatch found = new LoadedBatch(names);
    load(new Lookup(keys, true, answeredWithoutChange, entities, List.of()), names, found);
    return keys.stream().anyMatch(key -> found.remembered(key) != null)
        || entities.stream().anyMatch(key -> found.entity(key) != null);
  }

  private void finish(BatchRows rows) throws SQLException {
    Effects effects = rows.effects();
    if (effects.isEmpty()) {
      port.rollBack();
      return;
    }
    if (MarkWriter.hasNothing(effects)) {
      port.writeDurably(rows);
    } else {
      // What is marked goes in several statements: the transaction must have begun for certain.
      own();
      port.write(rows);
      marks.write(port.session(), effects, rows.names());
      port.commit();
    }
    keep(rows);
  }

  private BatchNames names(Needs needs) throws SQLException {
    BatchNames names = new BatchNames();
    List<ScopeName> unknownScopes = new ArrayList<>();
    for (ScopeName scope : scopesOf(needs)) {
      ScopeRow row = cache.scope(scope);
      if (row == null) {
        unknownScopes.add(scope);
      } else {
        names.put(row);
      }
    }
    List<PrincipalId> unknownPrincipals = new ArrayList<>();
    Set<PrincipalId> principals = new HashSet<>();
    needs.keys().forEach(key -> principals.add(key.principal()));
    for (PrincipalId principal : principals) {
      Long principalId = cache.principal(principal);
      if (principalId == null) {
        unknownPrincipals.add(principal);
      } else {
        names.put(principal, principalId);
      }
    }
    if (!unknownScopes.isEmpty() || !unknownPrincipals.isEmpty()) {
      port.findNames(unknownScopes, unknownPrincipals, names);
      keepFound(unknownScopes, unknownPrincipals, names);
    }
    return names;
  }

  private void keepFound(List<ScopeName> scopes, List<PrincipalId> principals, BatchNames found) {
    for (ScopeName scope : scopes) {
      ScopeRow row = found.scope(scope);
      if (row != null) {
        cache.keep(row);
      }
    }
    principals.stream()
        .filter(found::knows)
        .forEach(principal -> cache.keep(principal, found.id(principal)));
  }

  private static Set<ScopeName> scopesOf(Needs needs) {
    Set<ScopeName> scopes = new HashSet<>(needs.scopes());
    needs.keys().forEach(key -> scopes.add(key.scope()));
    needs.entities().forEach(key -> scopes.add(key.scope()));
    needs.devices().forEach(device -> scopes.add(device.scope()));
    return scopes;
  }

  private static List<Remembered.Name> known(Set<Remembered.Name> keys, BatchNames names) {
    List<Remembered.Name> known = new ArrayList<>();
    for (Remembered.Name key : keys) {
      if (names.knows(key.scope()) && names.knows(key.principal())) {
        known.add(key);
      }
    }
    return known;
  }

  private LoadedBatch loadAll(Needs needs, BatchNames names) throws SQLException {
    LoadedBatch loaded = new LoadedBatch(names);
    Lookup lookup =
        new Lookup(
            known(needs.keys(), names),
            true,
            answeredWithoutChange,
            entities(needs, names, loaded),
            devices(needs, names, loaded));
    load(lookup, names, loaded);
    return loaded;
  }

  private void load(Lookup lookup, BatchNames names, LoadedBatch into) throws SQLException {
    port.load(lookup, names, into);
    Head known = head;
    if (known != null && known.id() != into.head().id()) {
      throw new StoreFailure(
          StoreFailure.Kind.FENCED,
          "the head is "
              + into.head().id()
              + ", but this process last wrote "
              + known.id()
              + ": somebody else writes to this database; stop one of the two");
    }
    lookup.entities().forEach(key -> cache.keep(key, into.entity(key)));
    lookup.devices().forEach(device -> cache.keep(device, into.device(device)));
  }

  private List<EntityKey> entities(Needs needs, BatchNames names, LoadedBatch loaded) {
    List<EntityKey> unknown = new ArrayList<>();
    for (EntityKey key : needs.entities()) {
      Optional<Entity> cached = cache.entity(key);
      if (cached != null) {
        cached.ifPresent(loaded::put);
      } else if (names.knows(key.scope())) {
        unknown.add(key);
      }
    }
    return unknown;
  }

  private List<Needs.DeviceName> devices(Needs needs, BatchNames names, LoadedBatch loaded) {
    List<Needs.DeviceName> unknown = new ArrayList<>();
    for (Needs.DeviceName name : needs.devices()) {
      Optional<DeviceState> cached = cache.device(name);
      if (cached != null) {
        cached.ifPresent(loaded::put);
      } else if (names.knows(name.scope())) {
        unknown.add(name);
      }
    }
    return unknown;
  }

  private BatchRows rows(Head before, Effects effects, AsNew written, BatchNames names) {
    List<Remembered.Name> unanswered =
        answeredWithoutChange ? known(written.keys(), names) : List.of();
    answeredWithoutChange |= !effects.remembered().isEmpty();
    List<PrincipalId> principals = new ArrayList<>();
    List<ScopeRow> scopes = new ArrayList<>();
    for (ScopeHead head : effects.scopes()) {
      ScopeRow known = names.scope(head.scope());
      ScopeRow after = new ScopeRow(known == null ? nextScopeId++ : known.scopeId(), head);
      names.put(after);
      scopes.add(after);
    }
    for (Remembered answer : effects.remembered()) {
      ScopeName scope = answer.of().scope();
      if (!names.knows(scope)) {
        ScopeRow row = new ScopeRow(nextScopeId++, ScopeHead.empty(scope));
        names.put(row);
        scopes.add(row);
      }
      number(answer.of().principal(), names, principals);
    }
    effects.logged().forEach(logged -> number(logged.change().author(), names, principals));
    effects.devices().forEach(device -> number(device.principal(), names, principals));
    return new BatchRows(
        before, effects, scopes, principals, written.entities(), unanswered, names);
  }

  private void number(PrincipalId principal, BatchNames names, List<PrincipalId> fresh) {
    if (!names.knows(principal)) {
      names.put(principal, nextPrincipalId++);
      fresh.add(principal);
    }
  }

  private void keep(BatchRows rows) {
    Effects effects = rows.effects();
    head = new Head(effects.headId(), effects.headHlc());
    if (!effects.logged().isEmpty()) {
      end = new LogEnd(end.epoch(), effects.headId(), effects.logged().getLast().hash());
    }
    rows.scopes().forEach(cache::keep);
    rows.principals().forEach(principal -> cache.keep(principal, rows.names().id(principal)));
    effects
        .devices()
        .forEach(
            device -> cache.keep(new Needs.DeviceName(device.scope(), device.device()), device));
    effects.entities().forEach(entity -> cache.keep(entity.key(), entity));
  }

  /// A transaction of maintenance, which may move floors: makes sure of the ownership, works,
  /// commits.
  <T> T maintain(Work<T> work) throws SQLException {
    port.begin();
    own();
    T result = work.run(port.session());
    answeredWithoutChange = hasAnswersWithoutChange(port);
    port.commit();
    cache.clearScopes();
    return result;
  }

  /// A transaction of maintenance that changes nothing of what is cached.
  <T> T aside(Work<T> work) throws SQLException {
    port.begin();
    own();
    T result = work.run(port.session());
    port.commit();
    return result;
  }

  /// Takes away what waited and stands in the file of marks by now.
  ///
  /// @param upTo the last batch that it has
  /// @throws StoreFailure `BUSY` when it cannot begin: what keeps it is told to the next batch
  void forgetSortedMarks(long upTo) throws SQLException {
    try {
      port.begin();
    } catch (SQLException kept) {
      throw new StoreFailure(StoreFailure.Kind.BUSY, "no transaction can begin now", kept);
    }
    own();
    marks.forgetSorted(port.session(), upTo);
    port.commit();
  }

  /// Whether so many marks wait that they are to be sorted in now; asked by any thread.
  boolean hasManyMarks() {
    return marks.hasMany();
  }

  /// Whether so many marks wait that the next batch must wait for the file of marks; asked by any
  /// thread.
  boolean hasTooManyMarks() {
    return marks.hasTooMany();
  }

  /// Makes sure of the ownership, and writes nothing.
  void probe() throws SQLException {
    port.begin();
    own();
    port.rollBack();
  }

  private void own() throws SQLException {
    BatchNames names = new BatchNames();
    load(Lookup.NOTHING, names, new LoadedBatch(names));
  }

  /// Takes back what a failed batch left, and forgets everything that was cached.
  void rollBack() throws SQLException {
    cache.clear();
    takeBack();
  }

  private void takeBack() throws SQLException {
    marks.forget();
    port.rollBack();
  }

  /// Where the log ends, as it was found and committed; asked by any thread.
  LogEnd end() {
    return end;
  }

  /// How many cached values had to go for others so far.
  public long droppedFromCache() {
    return cache.dropped();
  }
}
