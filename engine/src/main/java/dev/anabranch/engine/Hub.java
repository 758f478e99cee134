package dev.anabranch.engine;

import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.PresenceBoard;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// Knows which lanes follow which scope, and brings committed changes and presence to them.
final class Hub {

  private final ConcurrentMap<ScopeName, List<Lane>> interests = new ConcurrentHashMap<>();
  private final ConcurrentMap<Executor, Lane> lanes = new ConcurrentHashMap<>();
  private final ReentrantLock boardLock = new ReentrantLock();
  private final PresenceBoard board;
  private final Supplier<Store> store;
  private final EngineThreads threads;
  private final EngineLimits limits;
  private final EngineObserver observer;

  Hub(Supplier<Store> store, EngineThreads threads, EngineLimits limits, EngineObserver observer) {
    this.store = store;
    this.threads = threads;
    this.limits = limits;
    this.observer = observer;
    this.board =
        new PresenceBoard(
            limits.presencePerScopeMax(), limits.presencePerPrincipalMax(), limits.presenceMax());
  }

  /// A batch is on disk: its changes go to the lanes that follow their scopes.
  void committed(Effects effects) {
    Map<ScopeName, List<Change>> byScope = new LinkedHashMap<>();
    for (Effects.Logged logged : effects.logged()) {
      ScopeName scope = logged.change().scope();
      if (interests.containsKey(scope)) {
        byScope.computeIfAbsent(scope, ignored -> new ArrayList<>()).add(logged.change());
      }
    }
    long now = threads.nanos().getAsLong();
    byScope.forEach((scope, changes) ->
        interests.getOrDefault(scope, List.of()).forEach(lane -> lane.committed(changes, now)));
  }

  /// The store was opened again: what was committed but not announced must be read.
  void doubt() {
    lanes.values().forEach(Lane::doubt);
  }

  /// Begins a following on its lane.
  void follow(
      Executor thread,
      ScopeName scope,
      Follower follower,
      long afterId,
      Set<PrincipalId> names,
      long rightsSeq,
      Consumer<Subscription> begun) {
    Lane lane =
        lanes.computeIfAbsent(thread, ignored -> new Lane(thread, limits, observer, threads));
    lane.execute(() -> {
      Follow follow = new Follow(this, lane, scope, follower, afterId, names, rightsSeq);
      lane.add(follow);
      interests.merge(scope, List.of(lane), Hub::union);
      begun.accept(follow);
      follow.start();
    });
  }

  private static List<Lane> union(List<Lane> lanes, List<Lane> more) {
    if (lanes.contains(more.getFirst())) {
      return lanes;
    }
    List<Lane> union = new ArrayList<>(lanes);
    union.addAll(more);
    return List.copyOf(union);
  }

  /// On the lane's own thread.
  void remove(Follow follow, Lane lane) {
    if (lane.remove(follow)) {
      interests.computeIfPresent(
          follow.scope(),
          (scope, lanes) -> {
            List<Lane> left = lanes.stream().filter(other -> other != lane).toList();
            return left.isEmpty() ? null : left;
          });
    }
  }

  /// Reads a page on a reader and brings it to the lane.
  void read(
      ScopeName scope,
      long afterId,
      Consumer<Reading> done,
      Consumer<RuntimeException> failed,
      Lane lane) {
    threads
        .readers()
        .execute(() -> {
          try {
            Reading reading = store.get().read(scope, afterId, limits.catchUpPage());
            lane.execute(() -> done.accept(reading));
          } catch (RuntimeException failure) {
            lane.execute(() -> failed.accept(failure));
          } catch (Error broken) {
            // The lane counts on hearing of every page that it waits for.
            lane.execute(() -> failed.accept(new IllegalStateException("reading broke", broken)));
          }
        });
  }

  void later(long millis, Runnable task) {
    threads.timer().after(millis, task);
  }

  void paused() {
    observer.paused();
  }

  void dropped(int values) {
    observer.dropped(values);
  }

  void bug(RuntimeException bug) {
    observer.bug(bug);
  }

  /// Puts a value on the board and tells it, in this order for all, when there is room for it.
  PresenceBoard.Verdict present(Present present) {
    boardLock.lock();
    try {
      PresenceBoard.Verdict verdict = board.put(present);
      if (verdict == PresenceBoard.Verdict.TAKEN) {
        tell(present);
      }
      return verdict;
    } finally {
      boardLock.unlock();
    }
  }

  /// Tells what is said once, which never stands on the board.
  ///
  /// @return whether anybody follows the scope
  boolean sayOnce(Present present) {
    List<Lane> following = interests.getOrDefault(present.at().scope(), List.of());
    following.forEach(lane -> lane.said(present));
    return !following.isEmpty();
  }

  List<Present> presentIn(ScopeName scope) {
    boardLock.lock();
    try {
      return board.in(scope);
    } finally {
      boardLock.unlock();
    }
  }

  /// In how many places somebody is present.
  int presentCount() {
    boardLock.lock();
    try {
      return board.size();
    } finally {
      boardLock.unlock();
    }
  }

  /// How many followers are behind and have a page of the log read for them.
  int catchingUp() {
    return lanes.values().stream().mapToInt(Lane::catchingUp).sum();
  }

  /// Of the lane that has most of something, how much it has.
  long mostOfALane(ToLongFunction<Lane> size) {
    long most = 0;
    for (Lane lane : lanes.values()) {
      most = Math.max(most, size.applyAsLong(lane));
    }
    return most;
  }

  /// Takes away what has expired and tells it.
  void expirePresence() {
    boardLock.lock();
    try {
      board.expire(threads.clock().millis()).forEach(this::tell);
    } finally {
      boardLock.unlock();
    }
  }

  private void tell(Present present) {
    interests.getOrDefault(present.at().scope(), List.of()).forEach(lane -> lane.said(present));
  }
}
