package dev.anabranch.testkit;

import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.rule.Folding;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.DocumentTrail;
import dev.anabranch.kernel.store.DocumentWeight;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Folded;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Membership;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reference store: tables in memory over a journal on a [Disk].
///
/// It says in the plainest way what a store is. A batch is one journal record, synced before
/// `commit` returns (K6) and found whole or not at all after a crash (K3).
public final class MemoryStore implements Store {

  private final Journal journal;
  private final MemoryTables tables;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable StoreFailure unusable;
  private boolean closed;

  private MemoryStore(Journal journal, MemoryTables tables) {
    this.journal = journal;
    this.tables = tables;
  }

  /// A new store that lasts as long as the object.
  public static MemoryStore fresh() {
    return open(new PlainDisk());
  }

  /// Opens what is on a disk, after a clean close or a crash.
  public static MemoryStore open(Disk disk) {
    Journal journal = Journal.open(disk);
    MemoryTables tables = new MemoryTables();
    journal.recovered().forEach(payload -> tables.apply(JournalReader.read(payload)));
    return new MemoryStore(journal, tables);
  }

  /// Says that what is on a closed disk is a backup brought back: the next epoch begins.
  public static void restore(Disk disk) {
    try (MemoryStore store = open(disk)) {
      store.write(new JournalRecord.Restored(store.tables.epoch() + 1, store.tables.headId()));
    }
  }

  @Override
  public Effects commit(Needs needs, Function<Loaded, Effects> decide) {
    return usable(() -> {
      Effects effects = decide.apply(tables);
      if (!effects.isEmpty()) {
        write(new JournalRecord.Committed(effects));
      }
      return effects;
    });
  }

  private void write(JournalRecord record) {
    try {
      journal.add(JournalWriter.write(record));
    } catch (StoreFailure failure) {
      unusable = failure;
      throw failure;
    }
    tables.apply(record);
  }

  @Override
  public ScopeHead head(ScopeName scope) {
    return usable(() -> tables.scope(scope));
  }

  @Override
  public List<ScopeHead> heads(@Nullable ScopeName after, int countMax) {
    return usable(() ->
        (after == null ? tables.heads : tables.heads.tailMap(after, false))
            .values().stream().filter(head -> head.seq() > 0).limit(countMax).toList());
  }

  @Override
  public List<Membership> memberships(
      PrincipalId principal, @Nullable ScopeName after, int countMax) {
    return usable(() -> {
      List<Membership> memberships = new ArrayList<>();
      for (ScopeName scope :
          (after == null ? tables.heads : tables.heads.tailMap(after, false)).keySet()) {
        Entity grant = tables.entity(EntityKey.grant(scope, principal));
        Right right = Authorizer.granted(grant);
        if (grant != null && right != Right.NONE && memberships.size() < countMax) {
          memberships.add(new Membership(scope, right, grant.id()));
        }
      }
      return memberships;
    });
  }

  @Override
  public Reading read(ScopeName scope, long afterId, PageLimit limit) {
    return usable(() -> {
      ScopeHead head = tables.scope(scope);
      if (tables.isForgotten(afterId)) {
        return new Reading.Refetch(RefetchReason.EPOCH);
      }
      if (afterId > head.id()) {
        return new Reading.Refetch(RefetchReason.CURSOR_AHEAD);
      }
      if (afterId < head.floorId()) {
        return new Reading.Refetch(RefetchReason.CURSOR_BEHIND_RETENTION);
      }
      return page(tables.log(scope), afterId, limit, head);
    });
  }

  private static Reading page(List<Change> log, long afterId, PageLimit limit, ScopeHead head) {
    List<Change> changes = new ArrayList<>();
    long afterSeq = head.floorSeq();
    long bytes = 0;
    for (Change change : log) {
      if (change.id() <= afterId) {
        afterSeq = change.seq();
        continue;
      }
      bytes += change.approximateBytes();
      if (changes.size() == limit.countMax() || (!changes.isEmpty() && bytes > limit.bytesMax())) {
        break;
      }
      changes.add(change);
    }
    return new Reading.Page(afterSeq, changes, head);
  }

  @Override
  public Optional<Change> change(ScopeName scope, long seq) {
    return usable(
        () -> tables.log(scope).stream().filter(change -> change.seq() == seq).findFirst());
  }

  @Override
  public List<Change> trail(ScopeName scope, long seq, long downToSeq, PageLimit limit) {
    return usable(() -> {
      List<Change> trail = new ArrayList<>();
      List<Change> log = tables.log(scope);
      long bytes = 0;
      long next = seq;
      for (int at = log.size() - 1; at >= 0 && next > downToSeq; at--) {
        Change change = log.get(at);
        if (change.seq() == next) {
          bytes += change.approximateBytes();
          if (trail.size() == limit.countMax() || (!trail.isEmpty() && bytes > limit.bytesMax())) {
            break;
          }
          trail.add(change);
          next = change.prior();
        }
      }
      return trail;
    });
  }

  @Override
  public Optional<Entity> entity(EntityKey key) {
    return usable(() -> Optional.ofNullable(tables.entity(key)));
  }

  @Override
  public SnapshotPage snapshot(
      ScopeName scope, Set<ModelName> models, SnapshotPage.@Nullable Place after, PageLimit limit) {
    Predicate<Entity> asked =
        entity -> !entity.deleted() && (models.isEmpty() || models.contains(entity.key().model()));
    return usable(() -> page(behind(tables.states, scope, after), asked, limit));
  }

  @Override
  public SnapshotPage floor(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return usable(() -> page(behind(tables.floors, scope, after), entity -> true, limit));
  }

  @Override
  public SnapshotPage state(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return usable(() -> page(behind(tables.states, scope, after), entity -> true, limit));
  }

  private static Collection<Entity> behind(
      Map<ScopeName, NavigableMap<EntityKey, Entity>> entities,
      ScopeName scope,
      SnapshotPage.@Nullable Place after) {
    NavigableMap<EntityKey, Entity> all = MemoryTables.of(entities, scope);
    return after == null
        ? all.values()
        : all.tailMap(new EntityKey(scope, after.model(), after.id()), false).values();
  }

  private static SnapshotPage page(
      Collection<Entity> entities, Predicate<Entity> asked, PageLimit limit) {
    List<Entity> page = new ArrayList<>();
    long bytes = 0;
    for (Entity entity : entities) {
      if (!asked.test(entity)) {
        continue;
      }
      bytes += approximateBytes(entity);
      if (page.size() == limit.countMax() || (!page.isEmpty() && bytes > limit.bytesMax())) {
        EntityKey last = page.getLast().key();
        return new SnapshotPage(page, new SnapshotPage.Place(last.model(), last.id()));
      }
      page.add(entity);
    }
    return new SnapshotPage(page, null);
  }

  private static int approximateBytes(Entity entity) {
    Bytes body = entity.body();
    return 200 + entity.data().text().length() + (body == null ? 0 : body.size());
  }

  @Override
  public long raiseFloor(ScopeName scope, long floorSeq, Function<ModelName, MergeRule> rules) {
    return usable(() -> {
      ScopeHead head = tables.scope(scope);
      if (floorSeq <= head.floorSeq()) {
        return 0L;
      }
      List<Change> dropped =
          tables.log(scope).stream().filter(change -> change.seq() <= floorSeq).toList();
      long floorId = dropped.getLast().id();
      write(
          new JournalRecord.FloorRaised(
              new ScopeHead(scope, head.seq(), head.id(), floorSeq, floorId),
              folded(scope, dropped, rules)));
      return (long) dropped.size();
    });
  }

  private List<Entity> folded(
      ScopeName scope, List<Change> dropped, Function<ModelName, MergeRule> rules) {
    Folding folding = new Folding(rules);
    MemoryTables.of(tables.floors, scope).values().forEach(folding::begin);
    Set<EntityKey> moved = new LinkedHashSet<>();
    for (Change change : dropped) {
      folding.add(change);
      moved.add(change.entity());
    }
    return moved.stream().map(key -> Objects.requireNonNull(folding.settled(key))).toList();
  }

  @Override
  public Optional<Folded> folded(EntityKey key) {
    return usable(() -> {
      Folded kept = tables.folded.get(key);
      Entity floor = MemoryTables.of(tables.floors, key.scope()).get(key);
      if (floor == null || (kept != null && kept.seq() >= floor.seq())) {
        return Optional.ofNullable(kept);
      }
      return Optional.of(new Folded(floor.seq(), floor.body()));
    });
  }

  @Override
  public DocumentWeight weigh(EntityKey key) {
    return DocumentTrail.of(this, key, 0).map(DocumentTrail::weight).orElse(DocumentWeight.NOTHING);
  }

  /// Kept in memory only: after a crash the log says it again.
  @Override
  public void keepFolded(EntityKey key, Folded folded) {
    usable(() ->
        tables.folded.merge(key, folded, (one, other) -> one.seq() > other.seq() ? one : other));
  }

  @Override
  public Map<PrincipalId, Holding> holdings() {
    return usable(() -> held(tables.logs.values().stream().flatMap(List::stream)));
  }

  @Override
  public Map<PrincipalId, Holding> holdings(ScopeName scope, long upToSeq) {
    return usable(() -> held(tables.log(scope).stream().filter(one -> one.seq() <= upToSeq)));
  }

  @Override
  public Map<PrincipalId, Holding> trailHoldings(ScopeName scope, long seq) {
    return usable(() -> {
      Map<PrincipalId, Holding> held = new HashMap<>();
      long next = seq;
      for (Change change : tables.log(scope).reversed()) {
        if (change.seq() == next) {
          held.merge(change.author(), Holding.of(change), Holding::plus);
          next = change.prior();
        }
      }
      return held;
    });
  }

  private static Map<PrincipalId, Holding> held(Stream<Change> changes) {
    Map<PrincipalId, Holding> held = new HashMap<>();
    changes.forEach(change -> held.merge(change.author(), Holding.of(change), Holding::plus));
    return held;
  }

  @Override
  public Map<ModelName, String> rules() {
    return usable(() -> Map.copyOf(tables.rules));
  }

  /// Kept in memory only: a store that was closed is told again.
  @Override
  public void keepRules(Map<ModelName, String> rules) {
    usable(() -> {
      tables.rules.clear();
      tables.rules.putAll(rules);
      return true;
    });
  }

  @Override
  public FoundPage find(Search search, @Nullable Spot after, PageLimit limit) {
    return usable(() -> {
      List<Marked> all =
          tables.marked.values().stream()
              .filter(one -> search.finds(one.mark()))
              .filter(one -> after == null || one.mark().spot().compareTo(after) > 0)
              .sorted(Comparator.comparing(one -> one.mark().spot()))
              .toList();
      List<Found> page = bounded(all, limit);
      return new FoundPage(page, page.size() == all.size() ? null : page.getLast().spot());
    });
  }

  @Override
  public List<Found> findAfter(long afterId, PageLimit limit) {
    return usable(() -> bounded(tables.marked.tailMap(afterId, false).values(), limit));
  }

  @Override
  public long lastMarkedId() {
    return usable(() -> tables.marked.isEmpty() ? 0L : tables.marked.lastKey());
  }

  @Override
  public List<Found> expired(long time, PageLimit limit) {
    return usable(() ->
        bounded(
            tables.marked.values().stream()
                .filter(one -> one.mark().expiresAt() != null && one.mark().expiresAt() <= time)
                .toList(),
            limit));
  }

  private static List<Found> bounded(Collection<Marked> marked, PageLimit limit) {
    List<Found> page = new ArrayList<>();
    long bytes = 0;
    for (Marked one : marked) {
      Bytes proof = Objects.requireNonNull(one.change().proof());
      bytes += proof.size();
      if (page.size() == limit.countMax() || (!page.isEmpty() && bytes > limit.bytesMax())) {
        break;
      }
      page.add(new Found(one.change().id(), one.mark().spot(), proof));
    }
    return page;
  }

  @Override
  public long epoch() {
    return usable(tables::epoch);
  }

  @Override
  public LogEnd end() {
    lock.lock();
    try {
      return tables.end();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Credentials credentials() {
    return new MemoryCredentials(this::usable, tables, this::write);
  }

  @Override
  public void probe() {
    usable(() -> true);
  }

  @Override
  public void probeWriting() {
    usable(() -> true);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        journal.close();
        unusable = new StoreFailure(StoreFailure.Kind.UNREACHABLE, "the store is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  private <T> T usable(Supplier<T> work) {
    lock.lock();
    try {
      if (unusable != null) {
        throw new StoreFailure(unusable.kind(), "open the store again", unusable);
      }
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
