package dev.anabranch.simulation;

import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.testkit.promise.K5EverySeqOnce;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody who follows a scope over connections that break, and keeps a copy that survives.
///
/// What it wrote down is a checkpoint now and then; its own power may fail between two.
final class FollowerClient {

  private static final long RECONNECT_MILLIS_MAX = 1_000;

  private final World world;
  private final String name;
  private final Caller caller;
  private final ScopeName scope;
  private final boolean slow;
  private Copy saved = Copy.empty();
  private Copy copy = Copy.empty();
  private K5EverySeqOnce order;
  private @Nullable FollowerSession session;
  private long settledSeq;
  private boolean mustFetch;
  private boolean caughtUp;
  private boolean waiting;

  FollowerClient(World world, String name, Caller caller, ScopeName scope) {
    this.world = world;
    this.name = name;
    this.caller = caller;
    this.scope = scope;
    this.slow = world.random.nextInt(3) == 0;
    this.order = new K5EverySeqOnce(name, 0);
    this.mustFetch = world.random.nextBoolean();
  }

  ScopeName scope() {
    return scope;
  }

  Caller caller() {
    return caller;
  }

  void start() {
    reconnect();
  }

  private void reconnect() {
    if (waiting) {
      return;
    }
    waiting = true;
    world.scheduler.afterMillis(
        world.random.nextLong(RECONNECT_MILLIS_MAX),
        () -> {
          waiting = false;
          connect();
        });
  }

  private void connect() {
    caughtUp = false;
    session = new FollowerSession(world, this);
    if (mustFetch) {
      session.fetch();
    } else {
      session.follow(copy.cursor());
    }
  }

  /// The network breaks the connection.
  void cut() {
    if (session != null) {
      world.happened("connection cut");
      disconnect();
    }
  }

  /// Its power fails.
  void crash() {
    world.happened("client crash");
    world.note(name + " crashes back to seq " + saved.seq());
    disconnect();
    copy = saved.copy();
    order = new K5EverySeqOnce(name, copy.seq());
  }

  private void disconnect() {
    if (session != null) {
      session.cut();
      session = null;
    }
    caughtUp = false;
    reconnect();
  }

  // What its session brings.

  void lost(FollowerSession from) {
    if (from == session) {
      disconnect();
    }
  }

  void fetched(FollowerSession from, ScopeHead head, List<Entity> snapshot) {
    if (from != session) {
      return;
    }
    world.happened("snapshot");
    mustFetch = false;
    snapshot.forEach(entity -> world.holds(name, entity));
    copy = Copy.of(head, snapshot);
    settledSeq = world.truth.headSeq(scope);
    saved = copy.copy();
    order = new K5EverySeqOnce(name, copy.seq());
    from.follow(copy.cursor());
  }

  void told(FollowerSession from, List<Change> changes) {
    if (from != session) {
      return;
    }
    for (Change change : changes) {
      order.told(change.seq());
      Entity entity = copy.apply(change);
      if (isSettled()) {
        world.holds(name, entity);
      }
      world.saw(change);
    }
    world.broke(order.broken());
    if (world.random.nextInt(3) == 0) {
      saved = copy.copy();
    }
    from.acknowledge(slow ? world.random.nextLong(1_000) : 0);
  }

  void caughtUp(FollowerSession from) {
    caughtUp = caughtUp || from == session;
  }

  void refetch(FollowerSession from) {
    if (from == session) {
      order.refetch();
      mustFetch = true;
      disconnect();
    }
  }

  /// The entities of its copy, as far as it has come; none while the copy is not settled.
  Collection<Entity> entities() {
    return isSettled() ? copy.entities() : List.of();
  }

  /// Whether the copy has passed the newest change that its snapshot may show: an entity that was
  /// deleted while the snapshot was read lacks what came before.
  private boolean isSettled() {
    return copy.seq() >= settledSeq;
  }

  // At rest.

  /// Whether it has everything, or may not.
  boolean isQuiet(boolean entitled, long headSeq) {
    return !entitled || (caughtUp && copy.seq() == headSeq);
  }

  /// What is broken when the scope stands still.
  List<String> brokenAtRest(long headSeq, List<Entity> living) {
    List<String> differences =
        copy.differsFrom(living).stream()
            .map(key -> "K4: the copy of " + name + " differs in " + key)
            .toList();
    return differences.isEmpty() ? order.brokenAtRest(headSeq) : differences;
  }

  @Override
  public String toString() {
    return "%s at seq %d%s".formatted(name, copy.seq(), caughtUp ? ", caught up" : "");
  }
}
