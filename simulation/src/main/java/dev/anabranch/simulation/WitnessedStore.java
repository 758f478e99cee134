package dev.anabranch.simulation;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.rule.MergeRule;
import dev.anabranch.kernel.store.Credentials;
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
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A store that tells what it committed; the ground for stores that are broken on purpose.
class WitnessedStore implements Store {

  private final Store inner;
  private final Consumer<Effects> committed;

  WitnessedStore(Store inner, Consumer<Effects> committed) {
    this.inner = inner;
    this.committed = committed;
  }

  @Override
  public Effects commit(Needs needs, Function<Loaded, Effects> decide) {
    Effects effects = inner.commit(needs, decide);
    committed.accept(effects);
    return effects;
  }

  @Override
  public ScopeHead head(ScopeName scope) {
    return inner.head(scope);
  }

  @Override
  public List<ScopeHead> heads(@Nullable ScopeName after, int countMax) {
    return inner.heads(after, countMax);
  }

  @Override
  public List<Membership> memberships(
      PrincipalId principal, @Nullable ScopeName after, int countMax) {
    return inner.memberships(principal, after, countMax);
  }

  @Override
  public Reading read(ScopeName scope, long afterId, PageLimit limit) {
    return inner.read(scope, afterId, limit);
  }

  @Override
  public Optional<Change> change(ScopeName scope, long seq) {
    return inner.change(scope, seq);
  }

  @Override
  public List<Change> trail(ScopeName scope, long seq, long downToSeq, PageLimit limit) {
    return inner.trail(scope, seq, downToSeq, limit);
  }

  @Override
  public Optional<Entity> entity(EntityKey key) {
    return inner.entity(key);
  }

  @Override
  public SnapshotPage snapshot(
      ScopeName scope, Set<ModelName> models, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return inner.snapshot(scope, models, after, limit);
  }

  @Override
  public SnapshotPage floor(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return inner.floor(scope, after, limit);
  }

  @Override
  public SnapshotPage state(ScopeName scope, SnapshotPage.@Nullable Place after, PageLimit limit) {
    return inner.state(scope, after, limit);
  }

  @Override
  public long raiseFloor(ScopeName scope, long floorSeq, Function<ModelName, MergeRule> rules) {
    return inner.raiseFloor(scope, floorSeq, rules);
  }

  @Override
  public Optional<Folded> folded(EntityKey key) {
    return inner.folded(key);
  }

  @Override
  public DocumentWeight weigh(EntityKey key) {
    return inner.weigh(key);
  }

  @Override
  public void keepFolded(EntityKey key, Folded folded) {
    inner.keepFolded(key, folded);
  }

  @Override
  public Map<PrincipalId, Holding> holdings() {
    return inner.holdings();
  }

  @Override
  public Map<PrincipalId, Holding> holdings(ScopeName scope, long upToSeq) {
    return inner.holdings(scope, upToSeq);
  }

  @Override
  public Map<PrincipalId, Holding> trailHoldings(ScopeName scope, long seq) {
    return inner.trailHoldings(scope, seq);
  }

  @Override
  public Map<ModelName, String> rules() {
    return inner.rules();
  }

  @Override
  public void keepRules(Map<ModelName, String> rules) {
    inner.keepRules(rules);
  }

  @Override
  public FoundPage find(Search search, @Nullable Spot after, PageLimit limit) {
    return inner.find(search, after, limit);
  }

  @Override
  public List<Found> findAfter(long afterId, PageLimit limit) {
    return inner.findAfter(afterId, limit);
  }

  @Override
  public long lastMarkedId() {
    return inner.lastMarkedId();
  }

  @Override
  public List<Found> expired(long time, PageLimit limit) {
    return inner.expired(time, limit);
  }

  @Override
  public long epoch() {
    return inner.epoch();
  }

  @Override
  public LogEnd end() {
    return inner.end();
  }

  @Override
  public Credentials credentials() {
    return inner.credentials();
  }

  @Override
  public void probe() {
    inner.probe();
  }

  @Override
  public void probeWriting() {
    inner.probeWriting();
  }

  @Override
  public void whenInDoubt(Runnable told) {
    inner.whenInDoubt(told);
  }

  @Override
  public void close() {
    inner.close();
  }
}
