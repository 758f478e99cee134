package dev.anabranch.client.session;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A device without threads: a session over a copy in memory, and a line that delivers when told
/// to.
final class SimulatedDevice {

  private final MemoryReplica disk;
  private final ToyServer server;
  private final RandomGenerator random;
  private final ConflictRule rule;
  private final SessionLimits limits;
  private ReplicaSession session;
  private ToyServer.@Nullable Connection connection;
  private long link;
  private long dialled;
  private final Deque<ScopeMessage.ToClient> arriving = new ArrayDeque<>();
  private final Deque<ScopeMessage.FromClient> leaving = new ArrayDeque<>();
  final List<Notice> notices = new ArrayList<>();
  final List<ScopeMessage.FromClient> sent = new ArrayList<>();
  long now;
  long wakeAt = Long.MAX_VALUE;

  SimulatedDevice(
      String name,
      ToyServer server,
      ConflictRule rule,
      SessionLimits limits,
      RandomGenerator random) {
    this.disk = new MemoryReplica(new DeviceId(name));
    this.server = server;
    this.rule = rule;
    this.limits = limits;
    this.random = random;
    this.session = new ReplicaSession(limits, rule, random);
  }

  /// One step; its effects are carried out at once.
  void step(Consumer<ReplicaSession> what) {
    perform(inTransaction(what));
  }

  /// A step after whose commit the process is killed: nothing of its effects happens.
  void stepAndDie(Consumer<ReplicaSession> what) {
    inTransaction(what);
    restart();
  }

  /// A step in whose middle the process is killed: the transaction never commits.
  void dieInStep(Consumer<ReplicaSession> what) {
    try {
      disk.write(replica -> {
        session.begin(replica, now);
        what.accept(session);
        session.end();
        throw new PowerCut();
      });
    } catch (PowerCut expected) {
      restart();
    }
  }

  private static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private List<Effect> inTransaction(Consumer<ReplicaSession> what) {
    return disk.write(replica -> {
      session.begin(replica, now);
      what.accept(session);
      return session.end();
    });
  }

  private void restart() {
    cutLine();
    session = new ReplicaSession(limits, rule, random);
    dialled = 0;
    wakeAt = Long.MAX_VALUE;
    step(ReplicaSession::goOnline);
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Dial dial -> dialled = dial.link();
        case Effect.HangUp hangUp -> {
          if (hangUp.link() == link) {
            cutLine();
          }
        }
        case Effect.Send send -> {
          sent.add(send.message());
          if (send.link() == link && connection != null) {
            leaving.add(send.message());
          }
        }
        case Effect.Wake wake -> wakeAt = wake.atMillis();
        case Effect.Tell tell -> notices.add(tell.notice());
      }
    }
  }

  private void cutLine() {
    if (connection != null) {
      connection.cut();
    }
    connection = null;
    link = 0;
    arriving.clear();
    leaving.clear();
  }

  boolean isDialling() {
    return dialled != 0;
  }

  boolean hasLine() {
    return connection != null;
  }

  /// The dial succeeds.
  void connect() {
    link = dialled;
    dialled = 0;
    connection = server.connect(arriving::add);
    step(session -> session.opened(link));
  }

  /// The dial fails.
  void refuse() {
    long failed = dialled;
    dialled = 0;
    step(session -> session.unreachable(failed, "no route"));
  }

  /// The line breaks; what was under way in either direction is lost.
  void cut() {
    long lost = link;
    cutLine();
    step(session -> session.closed(lost, 1006, ""));
  }

  /// The server gets the next message.
  boolean deliverOut() {
    ScopeMessage.FromClient next = leaving.poll();
    if (next != null && connection != null) {
      connection.receive(next);
    }
    return next != null;
  }

  /// Whether the server gets a push of a write next.
  boolean nextOutHolds(String key) {
    return leaving.peek() instanceof ScopeMessage.Push push
        && push.batch().writes().stream()
            .anyMatch(entry -> entry instanceof PushWrite write && write.key().text().equals(key));
  }

  /// What is on its way to the server never gets there.
  void loseOut() {
    leaving.clear();
  }

  ScopeMessage.@Nullable ToClient nextIn() {
    return arriving.poll();
  }

  /// The device gets the next message.
  boolean deliverIn() {
    ScopeMessage.ToClient next = arriving.poll();
    if (next != null) {
      hear(next);
    }
    return next != null;
  }

  void hear(ScopeMessage.ToClient message) {
    step(session -> session.heard(link, message));
  }

  /// Everything that is under way arrives.
  void settle() {
    boolean moved = true;
    while (moved) {
      moved = deliverOut() | deliverIn();
    }
  }

  /// The alarm rings if it is time.
  void tick(long nowMillis) {
    now = nowMillis;
    if (now >= wakeAt) {
      wakeAt = Long.MAX_VALUE;
      step(ReplicaSession::ring);
    }
  }

  ReplicaSession session() {
    return session;
  }

  /// Writes as a user would; null = the queue is full.
  @Nullable QueuedWrite write(Draft draft) {
    AtomicReference<@Nullable QueuedWrite> queued = new AtomicReference<>();
    step(session -> queued.set(session.write(draft)));
    return queued.get();
  }

  <T> T read(Function<ReplicaReading, T> work) {
    return disk.read(work);
  }

  @Nullable EntityView view(EntityKey key) {
    return disk.<Optional<EntityView>>read(replica ->
            Optional.ofNullable(
                Overlay.view(key, replica.known(key).orElse(null), replica.pending(key))))
        .orElse(null);
  }

  /// What the user sees of a scope.
  Map<EntityKey, JsonObject> views(ScopeName scope) {
    Map<EntityKey, JsonObject> views = new LinkedHashMap<>();
    List<EntityKey> keys = new ArrayList<>();
    disk.read(replica -> {
      for (ModelName model : replica.models(scope)) {
        replica.known(scope, model, null, Integer.MAX_VALUE).forEach(e -> keys.add(e.key()));
        replica.pending(scope, model).forEach(write -> keys.add(write.entity()));
      }
      return true;
    });
    for (EntityKey key : keys) {
      EntityView view = view(key);
      if (view != null) {
        views.put(key, view.data());
      }
    }
    return views;
  }

  /// The notices of one kind, in order.
  <N extends Notice> List<N> told(Class<N> kind) {
    return notices.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
