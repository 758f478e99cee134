package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A kernel whose answers can be held back, counted, or replaced by a failure.
final class SwitchedKernel implements Kernel {
  private final Kernel kernel;
  private final Deque<Held> held = new ArrayDeque<>();
  private @Nullable RuntimeException failure;
  private @Nullable Fault fault;
  private boolean holding;
  private int answersLeft = Integer.MAX_VALUE;
  private int asked;

  /// A question that is held back, and the answer that waits for it.
  private record Held(Runnable put, CompletableFuture<?> answer) {}

  SwitchedKernel(Kernel kernel) {
    this.kernel = kernel;
  }

  /// From now on every question fails so; null = answers again.
  void failWith(@Nullable RuntimeException with) {
    failure = with;
  }

  /// Answers so many questions more, and fails at the next.
  void failAfter(int answers) {
    answersLeft = answers;
  }

  /// From now on every write is refused so; null = is taken again.
  void refuseWritesWith(@Nullable Fault with) {
    fault = with;
  }

  /// From now on questions are held back.
  void hold() {
    holding = true;
  }

  /// Puts the questions that were held back, the last one first when asked so.
  void release(boolean lastFirst) {
    holding = false;
    while (!held.isEmpty()) {
      (lastFirst ? held.removeLast() : held.removeFirst()).put().run();
    }
  }

  /// The first question that was held back has no answer, for the database is away.
  void loseFirst() {
    held.removeFirst()
        .answer()
        .completeExceptionally(new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
  }

  /// How many questions were put.
  int asked() {
    return asked;
  }

  private <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> question) {
    asked++;
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    if (answersLeft-- <= 0) {
      return CompletableFuture.failedFuture(
          new StoreFailure(StoreFailure.Kind.UNREACHABLE, "away"));
    }
    if (!holding) {
      return question.get();
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    held.add(
        new Held(
            () -> question.get().whenComplete((value, broken) -> answer.complete(value)), answer));
    return answer;
  }

  @Override
  public CompletionStage<List<Outcome>> commit(Commit commit) {
    Fault no = fault;
    if (no != null) {
      List<Outcome> refused =
          commit.writes().stream().<Outcome>map(write -> new Outcome.Refused(no)).toList();
      commit.answered(refused);
      return CompletableFuture.completedFuture(refused);
    }
    return ask(() -> kernel.commit(commit));
  }

  @Override
  public CompletionStage<Answer<Reading>> read(
      Caller caller, ScopeName scope, long afterId, PageLimit limit) {
    return ask(() -> kernel.read(caller, scope, afterId, limit));
  }

  @Override
  public CompletionStage<Answer<ScopeHead>> head(Caller caller, ScopeName scope) {
    return ask(() -> kernel.head(caller, scope));
  }

  @Override
  public CompletionStage<Answer<SnapshotPage>> snapshot(
      Caller caller,
      ScopeName scope,
      Set<ModelName> models,
      SnapshotPage.@Nullable Place after,
      PageLimit limit) {
    return ask(() -> kernel.snapshot(caller, scope, models, after, limit));
  }

  @Override
  public CompletionStage<Answer<Optional<Entity>>> entity(Caller caller, EntityKey key) {
    return ask(() -> kernel.entity(caller, key));
  }

  @Override
  public CompletionStage<Answer<Optional<Entity>>> entityAt(
      Caller caller, EntityKey key, long seq) {
    return ask(() -> kernel.entityAt(caller, key, seq));
  }

  @Override
  public CompletionStage<Right> rightIn(Caller caller, ScopeName scope) {
    return ask(() -> kernel.rightIn(caller, scope));
  }

  @Override
  public CompletionStage<Answer<Subscription>> follow(
      Caller caller, ScopeName scope, long afterId, Executor lane, Follower follower) {
    return ask(() -> kernel.follow(caller, scope, afterId, lane, follower));
  }

  @Override
  public CompletionStage<Answer<Boolean>> present(Caller caller, Present present) {
    return ask(() -> kernel.present(caller, present));
  }

  @Override
  public long epoch() {
    return kernel.epoch();
  }

  @Override
  public Models models() {
    return kernel.models();
  }
}
