package dev.anabranch.simulation;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.follow.Announcement;
import dev.anabranch.kernel.follow.Follower;
import dev.anabranch.kernel.follow.Subscription;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.presence.Present;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.SnapshotPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// One connection of a follower: two channels, and the server's end of it.
final class FollowerSession implements Follower {

  static final int UNACKNOWLEDGED_MAX = 3;
  private static final PageLimit SNAPSHOT_PAGE = new PageLimit(3, 2_000);
  private static final long NOTICED_MILLIS_MAX = 2_000;
  private static final long RETRY_MILLIS_MAX = 500;

  private final World world;
  private final FollowerClient client;
  private final Channel toServer;
  private final Channel toClient;
  private SimulatedServer.@Nullable Process process;
  private @Nullable Executor lane;
  private @Nullable Subscription subscription;
  private boolean gone;
  private int unacknowledged;
  private long rightsSeq;

  FollowerSession(World world, FollowerClient client) {
    this.world = world;
    this.client = client;
    this.toServer = new Channel(world);
    this.toClient = new Channel(world);
  }

  // The client's end.

  /// Asks for a snapshot.
  void fetch() {
    toServer.send(() -> {
      SimulatedServer.Process server = arrive();
      if (server != null) {
        fetchHead(server);
      }
    });
  }

  /// Asks for everything after a cursor.
  void follow(long cursor) {
    toServer.send(() -> {
      SimulatedServer.Process server = arrive();
      if (server != null) {
        followAt(server, cursor);
      }
    });
  }

  /// Says that what came was taken.
  void acknowledge(long afterMillis) {
    world.scheduler.afterMillis(afterMillis, () -> toServer.send(this::acknowledged));
  }

  /// The connection is cut; the server notices later.
  void cut() {
    toServer.cut();
    toClient.cut();
    world.scheduler.afterMillis(
        world.random.nextLong(NOTICED_MILLIS_MAX),
        () ->
            onLane(() -> {
              gone = true;
              if (subscription != null) {
                subscription.cancel();
              }
            }));
  }

  // The server's end.

  private SimulatedServer.@Nullable Process arrive() {
    SimulatedServer.Process server = world.server.process();
    if (server == null || (process != null && server != process)) {
      hangUp();
      return null;
    }
    process = server;
    if (lane == null) {
      server.whenDead(() -> client.lost(this));
      lane = server.lanes.get(world.random.nextInt(server.lanes.size()));
    }
    return server;
  }

  private void hangUp() {
    world.scheduler.afterMillis(
        world.random.nextLong(RETRY_MILLIS_MAX), () -> toClient.send(() -> client.lost(this)));
  }

  private void onLane(Runnable task) {
    if (lane != null && process != null && process.alive()) {
      lane.execute(task);
    }
  }

  private void fetchHead(SimulatedServer.Process server) {
    server
        .kernel
        .head(client.caller(), client.scope())
        .whenComplete((answer, failure) -> {
          if (failure == null && answer instanceof Answer.Given<ScopeHead>(ScopeHead head)) {
            fetchPage(server, head, new ArrayList<>(), null);
          } else {
            hangUp();
          }
        });
  }

  private void fetchPage(
      SimulatedServer.Process server,
      ScopeHead head,
      List<Entity> entities,
      SnapshotPage.@Nullable Place after) {
    server
        .kernel
        .snapshot(client.caller(), client.scope(), Set.of(), after, SNAPSHOT_PAGE)
        .whenComplete((answer, failure) -> {
          if (failure != null || !(answer instanceof Answer.Given<SnapshotPage>(var page))) {
            hangUp();
            return;
          }
          entities.addAll(page.entities());
          if (page.next() == null) {
            toClient.send(() -> client.fetched(this, head, entities));
          } else {
            fetchPage(server, head, entities, page.next());
          }
        });
  }

  private void followAt(SimulatedServer.Process server, long cursor) {
    long before = world.truth.headSeq(client.scope());
    boolean entitledBefore = world.isEntitled(client);
    Executor mine = Objects.requireNonNull(lane);
    server
        .kernel
        .follow(client.caller(), client.scope(), cursor, mine, this)
        .whenComplete((answer, failure) -> {
          if (failure == null && answer instanceof Answer.Given<Subscription>(var begun)) {
            subscription = begun;
            rightsSeq = entitledBefore ? before : world.truth.headSeq(client.scope());
            if (gone) {
              begun.cancel();
            }
          } else {
            hangUp();
          }
        });
  }

  private void acknowledged() {
    onLane(() -> {
      unacknowledged--;
      if (subscription != null && isReady()) {
        subscription.resume();
      }
    });
  }

  @Override
  public boolean isReady() {
    return unacknowledged < UNACKNOWLEDGED_MAX;
  }

  @Override
  public void changes(Announcement next) {
    if (gone) {
      world.broke("K5: " + client + " was told something after it had cancelled");
    }
    unacknowledged++;
    List<Change> changes = next.changes();
    world.bounds.tellsAFollower(unacknowledged, changes.size());
    world.told(client, rightsSeq, changes);
    toClient.send(() -> client.told(this, changes));
  }

  @Override
  public void caughtUp(long lastId) {
    toClient.send(() -> client.caughtUp(this));
  }

  @Override
  public void present(List<Present> entries) {}

  @Override
  public void refetch(RefetchReason reason) {
    world.happened("refetch " + reason.word());
    toClient.send(() -> client.refetch(this));
  }

  @Override
  public void failed(RuntimeException failure) {
    world.bug(failure);
  }
}
