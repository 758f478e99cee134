package dev.anabranch.kernel;

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

/// What the kernel can be asked: the port that every gateway stands on.
///
/// Nothing here blocks. A stage completes on a thread of the kernel's own, so a session hops to its
/// own thread first; it completes exceptionally only with
/// [dev.anabranch.kernel.store.StoreFailure]. Rights are looked up in every call (K8).
public interface Kernel {

  /// Commits writes; one outcome for each, in order, told only once they are on disk (K6).
  ///
  /// When the queue is full or the store is away, every outcome is refused as `UNAVAILABLE` and no
  /// key is used up; a [chain][dev.anabranch.kernel.commit.CommitChain] says when else.
  CompletionStage<List<Outcome>> commit(Commit commit);

  /// A page of changes after a cursor; needs the right to read.
  CompletionStage<Answer<Reading>> read(
      Caller caller, ScopeName scope, long afterId, PageLimit limit);

  /// A scope's head; needs the right to read.
  CompletionStage<Answer<ScopeHead>> head(Caller caller, ScopeName scope);

  /// A page of living entities; needs the right to read. Take [#head] before the first page.
  CompletionStage<Answer<SnapshotPage>> snapshot(
      Caller caller,
      ScopeName scope,
      Set<ModelName> models,
      SnapshotPage.@Nullable Place after,
      PageLimit limit);

  /// One entity as it stands, tombstones included; needs the right to read.
  CompletionStage<Answer<Optional<Entity>>> entity(Caller caller, EntityKey key);

  /// An entity as an earlier change left it; empty when the log no longer says. Needs the right to
  /// read.
  ///
  /// @param seq the change that left it so
  CompletionStage<Answer<Optional<Entity>>> entityAt(Caller caller, EntityKey key, long seq);

  /// The right that a caller has in a scope.
  CompletionStage<Right> rightIn(Caller caller, ScopeName scope);

  /// Catch-up after a cursor, then live: every seq once, in order, with no hole (K5); needs the
  /// right to read.
  ///
  /// @param lane the follower's own thread; followers of one lane are told together
  CompletionStage<Answer<Subscription>> follow(
      Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower);

  /// Says something of a client to the followers of a scope; needs the right to read.
  ///
  /// @return true; for what is said once, whether anybody follows the scope
  CompletionStage<Answer<Boolean>> present(Caller caller, Present present);

  /// Which history this is: an ETag made in another epoch is stale.
  long epoch();

  /// What is known of models.
  Models models();
}
