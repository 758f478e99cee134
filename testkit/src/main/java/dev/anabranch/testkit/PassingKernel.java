package dev.anabranch.testkit;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A kernel like another one, until a subclass watches or breaks something.
public class PassingKernel implements Kernel {

  private final Kernel inner;

  /// @param inner what everything is passed on to
  protected PassingKernel(Kernel inner) {
    this.inner = inner;
  }

  @Override
  public CompletionStage<List<Outcome>> commit(Commit commit) {
    return inner.commit(commit);
  }

  @Override
  public CompletionStage<Answer<Reading>> read(
      Caller caller, ScopeName scope, long afterId, PageLimit limit) {
    return inner.read(caller, scope, afterId, limit);
  }

  @Override
  public CompletionStage<Answer<ScopeHead>> head(Caller caller, ScopeName scope) {
    return inner.head(caller, scope);
  }

  @Override
  public CompletionStage<Answer<SnapshotPage>> snapshot(
      Caller caller,
      ScopeName scope,
      Set<ModelName> models,
      SnapshotPage.@Nullable Place after,
      PageLimit limit) {
    return inner.snapshot(caller, scope, models, after, limit);
  }

  @Override
  public CompletionStage<Answer<Optional<Entity>>> entity(Caller caller, EntityKey key) {
    return inner.entity(caller, key);
  }

  @Override
  public CompletionStage<Answer<Optional<Entity>>> entityAt(
      Caller caller, EntityKey key, long seq) {
    return inner.entityAt(caller, key, seq);
  }

  @Override
  public CompletionStage<Right> rightIn(Caller caller, ScopeName scope) {
    return inner.rightIn(caller, scope);
  }

  @Override
  public CompletionStage<Answer<Subscription>> follow(
      Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
    return inner.follow(caller, scope, afterId, lane, follower);
  }

  @Override
  public CompletionStage<Answer<Boolean>> present(Caller caller, Present present) {
    return inner.present(caller, present);
  }

  @Override
  public long epoch() {
    return inner.epoch();
  }

  @Override
  public Models models() {
    return inner.models();
  }
}
