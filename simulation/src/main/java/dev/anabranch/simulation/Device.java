package dev.anabranch.simulation;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.Overlay;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.client.session.Effect;
import dev.anabranch.client.session.Notice;
import dev.anabranch.client.session.ReplicaSession;
import dev.anabranch.client.session.ScopeState;
import dev.anabranch.client.session.SessionLimits;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.protocol.scope.server.ScopeGateway;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.testkit.SimulatedDisk;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.promise.K5EverySeqOnce;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A user's device: the client's own session over a local copy that survives, speaking scope sync
/// over links that break.
final class Device implements SimulatedLink.Client {

  static final SessionLimits LIMITS = new SessionLimits(12, 8, 4_000, 4, 50, 1_000, 1_500, 4_000);
  private static final List<ModelName> MODELS = List.of(TestModels.NOTE, TestModels.MARKER);

  private final World world;
  private final String name;
  private final Caller caller;
  private final ConflictRule conflictRule;
  private final DeviceDisk replica;
  private final ScopeCodec codec = ScopeCodec.ofClient();
  private final DeviceDiary diary;
  private final Map<Long, SimulatedLink> links = new HashMap<>();
  private ReplicaSession session;
  private long lives;
  private long alarms;

  Device(World world, String name, PrincipalId principal, SimulatedDisk disk) {
    this.world = world;
    this.name = name;
    Authority authority =
        principal.equals(TestWriter.OWNER.principal()) ? Authority.OWNER : Authority.GRANTED;
    this.caller = new Caller(principal, authority, ScopeGateway.ORIGIN);
    this.conflictRule =
        world.random.nextBoolean() ? ConflictRule.MERGE_FIELDS : ConflictRule.KEEP_THEIRS;
    this.replica = new DeviceDisk(new DeviceId(name), disk);
    this.diary = new DeviceDiary(name, principal);
    this.session = fresh();
  }

  private ReplicaSession fresh() {
    lives++;
    return new ReplicaSession(LIMITS, conflictRule, world.random);
  }

  void start() {
    step(begun -> {
      World.SCOPES.forEach(begun::follow);
      begun.goOnline();
    });
    think();
  }

  // Its user.

  private void think() {
    world.scheduler.afterMillis(
        100 + world.random.nextLong(world.weather.thinkMillisMax()),
        () -> {
          if (!world.isHealed()) {
            act();
            think();
          }
        });
  }

  private void act() {
    switch (world.random.nextInt(40)) {
      case 0 -> step(ReplicaSession::goOffline);
      case 1, 2, 3 -> step(ReplicaSession::goOnline);
      default ->
          step(user -> {
            QueuedWrite write = user.write(draft());
            if (write == null) {
              world.happened("device queue full");
            } else {
              diary.drafting(write);
            }
          });
    }
  }

  private Draft draft() {
    ScopeName scope = World.SCOPES.get(world.random.nextInt(World.SCOPES.size()));
    EntityId id = new EntityId("e" + world.random.nextInt(4));
    if (world.random.nextInt(5) == 0) {
      JsonObject read = JsonObject.EMPTY.with("read", world.random.nextInt(50));
      return Draft.put(new EntityKey(scope, TestModels.MARKER, id), read);
    }
    EntityKey note = new EntityKey(scope, TestModels.NOTE, id);
    JsonObject fields = JsonObject.EMPTY.with("title", name + world.random.nextInt(100));
    Draft draft =
        switch (world.random.nextInt(6)) {
          case 0 -> Draft.delete(note);
          case 1, 2 -> Draft.patch(note, fields.with("count", world.random.nextInt(10)));
          default -> Draft.put(note, fields);
        };
    return switch (world.random.nextInt(6)) {
      case 0 -> draft.expecting(seenVersion(note));
      case 1 -> onWhatIsShown(draft);
      default -> draft;
    };
  }

  private Draft onWhatIsShown(Draft draft) {
    EntityKey key = draft.entity();
    Optional<EntityView> shown =
        replica.read(reading ->
            Optional.ofNullable(
                Overlay.view(key, reading.known(key).orElse(null), reading.pending(key))));
    return shown.map(draft::expecting).orElseGet(() -> draft.expecting(0));
  }

  private long seenVersion(EntityKey key) {
    return replica.read(reading -> reading.known(key).map(KnownEntity::version).orElse(0L));
  }

  /// Its user tries a new line, now that everybody's rights stay as they are.
  void revive() {
    step(ReplicaSession::goOffline);
    step(ReplicaSession::goOnline);
  }

  // Its power and its network.

  /// The power fails now, or in the midst of the next step: before anything of it is written,
  /// before it is synced, or once it is on disk and before anybody hears of it.
  void crash() {
    if (world.random.nextBoolean()) {
      replica.failPowerAfter(world.random.nextInt(3));
    } else {
      replica.crash();
      begin("crash");
    }
  }

  /// The disk begins to fail in the middle of one of the next operations.
  void trouble() {
    replica.failAfter(world.random.nextInt(6));
  }

  /// Nothing fails any more.
  void heal() {
    replica.heal();
  }

  /// A step did not come back: whether it is on disk, the next life finds.
  private void interrupted(List<Effect> effects, boolean isThere, String how) {
    world.happened("device step " + (isThere ? "kept" : "lost"));
    if (isThere) {
      diary.committed();
      effects.forEach(this::note);
    } else {
      diary.lost();
    }
    begin(how);
  }

  /// The next life of its process begins.
  private void begin(String how) {
    world.happened("device " + how);
    world.note(name + " begins anew: " + how);
    links.values().forEach(SimulatedLink::cut);
    links.clear();
    session = fresh();
    step(ReplicaSession::goOnline);
  }

  /// The network breaks its links.
  void cut() {
    world.happened("device cut");
    links.values().forEach(SimulatedLink::cut);
  }

  // The step.

  private void step(Consumer<ReplicaSession> what) {
    List<Effect> effects = new ArrayList<>();
    try {
      replica.<Boolean>write(copy -> {
        session.begin(copy, world.scheduler.millis());
        what.accept(session);
        return effects.addAll(session.end());
      });
    } catch (DeviceDisk.PowerFailure failure) {
      interrupted(effects, replica.crash(), "crash");
      return;
    } catch (ReplicaFailure failure) { // the client stops for good, and its user starts it again
      interrupted(effects, replica.reopen(), "disk failure");
      return;
    }
    diary.committed();
    effects.forEach(this::perform);
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Dial(long number) -> dial(number);
      case Effect.HangUp(long number, int code, String reason) -> {
        SimulatedLink link = links.remove(number);
        if (link != null) {
          link.hangUp(code, reason);
        }
      }
      case Effect.Send(long number, ScopeMessage.FromClient message) -> {
        SimulatedLink link = links.get(number);
        if (link != null) {
          link.sendText(ScopeCodec.encode(message));
        }
      }
      case Effect.Wake(long atMillis) -> wake(atMillis);
      case Effect.Tell(Notice notice) -> hear(notice);
    }
  }

  /// What was decided stands, though nobody hears of it.
  private void note(Effect effect) {
    if (effect instanceof Effect.Tell(Notice.WriteSettled settled)) {
      world.broke(diary.settled(settled.write(), settled.outcome(), world.truth));
    }
  }

  private void dial(long number) {
    SimulatedLink link = new SimulatedLink(world, this);
    links.put(number, link);
    link.dial(caller.principal().text(), name);
  }

  private void wake(long atMillis) {
    long alarm = ++alarms;
    if (atMillis != Long.MAX_VALUE) {
      world.scheduler.afterMillis(
          atMillis - world.scheduler.millis(),
          () -> {
            if (alarm == alarms) {
              step(ReplicaSession::ring);
            }
          });
    }
  }

  private void hear(Notice notice) {
    switch (notice) {
      case Notice.WriteSettled settled -> {
        world.broke(diary.settled(settled.write(), settled.outcome(), world.truth));
        world.happened("device write " + settled.outcome().getClass().getSimpleName());
        world.note(name + " settles " + settled.write().key());
      }
      case Notice.Trouble(String detail) -> world.note(name + " has trouble: " + detail);
      case Notice.LineChanged line -> world.note(name + " is " + line.state() + line.detail());
      case Notice.ScopeChanged scope ->
          world.note(name + " in " + scope.scope() + " is " + scope.state() + scope.detail());
      case Notice.EntityChanged ignored -> {}
      case Notice.DocumentChanged ignored -> {}
      case Notice.WriteSent ignored -> {}
      case Notice.PresenceChanged ignored -> {}
      case Notice.Said ignored -> {}
    }
  }

  // Its links.

  private @Nullable Long numberOf(SimulatedLink link) {
    for (Map.Entry<Long, SimulatedLink> entry : links.entrySet()) {
      if (entry.getValue() == link) {
        return entry.getKey();
      }
    }
    return null;
  }

  @Override
  public void opened(SimulatedLink link) {
    Long number = numberOf(link);
    if (number != null) {
      step(told -> told.opened(number));
    }
  }

  @Override
  public void unreachable(SimulatedLink link) {
    Long number = numberOf(link);
    if (number != null) {
      step(told -> told.unreachable(number, "the server is down"));
    }
  }

  @Override
  public void text(SimulatedLink link, String message) {
    Long number = numberOf(link);
    if (number == null) {
      return;
    }
    switch (codec.toClient(message)) {
      case Decoded.Good<ScopeMessage.ToClient>(ScopeMessage.ToClient known) -> heard(number, known);
      case Decoded.Bad<ScopeMessage.ToClient> bad ->
          world.broke("K12: " + name + " could not read " + message + ": " + bad.refusal());
    }
  }

  private void heard(long number, ScopeMessage.ToClient message) {
    boolean follows = links.containsKey(number);
    if (message instanceof ScopeMessage.Sync(ScopeName scope, List<SyncEvent> events)) {
      events.forEach(event -> world.broke(world.laws.told(name, event)));
      world.broke(sequel(scope, events));
    }
    step(told -> told.heard(number, message));
    if (follows) {
      examine(message);
    }
  }

  /// What is broken about the next changes, while a scope is followed: they go on from where the
  /// copy stands.
  private List<String> sequel(ScopeName scope, List<SyncEvent> events) {
    ScopeState state = session.state(scope);
    boolean isFollowed = state == ScopeState.LIVE || state == ScopeState.CATCHING_UP;
    long lastSeq =
        replica.<Long>read(reading ->
            reading.cursor(scope).map(ScopeCursor::lastSeq).orElse(ScopeCursor.SEQ_UNKNOWN));
    K5EverySeqOnce order = new K5EverySeqOnce(name, lastSeq);
    if (isFollowed && lastSeq != ScopeCursor.SEQ_UNKNOWN) {
      events.forEach(event -> order.told(event.seq()));
    }
    return order.broken();
  }

  /// Looks at what the copy has of what was just told.
  private void examine(ScopeMessage.ToClient message) {
    switch (message) {
      case ScopeMessage.Sync(ScopeName scope, List<SyncEvent> events) ->
          events.stream()
              .filter(event -> MODELS.contains(event.model()))
              .map(event -> new EntityKey(scope, event.model(), event.modelId()))
              .flatMap(key -> replica.read(reading -> reading.known(key)).stream())
              .forEach(entity -> world.broke(world.laws.known(name, entity)));
      case ScopeMessage.Live live ->
          MODELS.forEach(model ->
              replica
                  .<List<KnownEntity>>read(
                      reading -> reading.known(live.scope(), model, null, 1_000))
                  .forEach(entity -> world.broke(world.laws.known(name, entity))));
      default -> {}
    }
  }

  @Override
  public void closed(SimulatedLink link, int code, String reason) {
    Long number = numberOf(link);
    if (number != null) {
      links.remove(number);
      step(told -> told.closed(number, code, reason));
    }
  }

  /// Writes that its server has not answered for good.
  int pendingCount() {
    return session.pendingCount();
  }

  // At rest.

  /// Whether it waits for nothing and has everything that it may have.
  boolean isQuiet() {
    return World.SCOPES.stream()
        .allMatch(scope -> world.isEntitled(caller, scope) ? hasAll(scope) : hasSaidAll(scope));
  }

  private boolean hasAll(ScopeName scope) {
    return session.state(scope) == ScopeState.LIVE
        && cursor(scope) >= world.truth.headId(scope)
        && pending(scope).isEmpty();
  }

  /// Where it may not read, an accepted write stays pending, for its change never comes back.
  private boolean hasSaidAll(ScopeName scope) {
    return pending(scope).stream().allMatch(QueuedWrite::isAccepted);
  }

  private List<QueuedWrite> pending(ScopeName scope) {
    return replica.read(reading ->
        reading.pending().stream().filter(write -> write.scope().equals(scope)).toList());
  }

  private long cursor(ScopeName scope) {
    return replica.read(reading -> reading.cursor(scope).map(ScopeCursor::lastId).orElse(0L));
  }

  /// What is broken when everything stands still.
  List<String> brokenAtRest(Store store) {
    List<String> broken = new ArrayList<>(diary.broken(store, world.truth));
    for (ScopeName scope : World.SCOPES) {
      if (world.isEntitled(caller, scope)) {
        MODELS.forEach(model -> broken.addAll(differences(store, scope, model)));
      }
    }
    return broken;
  }

  private List<String> differences(Store store, ScopeName scope, ModelName model) {
    Map<EntityKey, KnownEntity> expected = new HashMap<>();
    Copies.living(store, scope, model)
        .forEach(entity -> expected.put(entity.key(), Copies.known(entity)));
    Map<EntityKey, KnownEntity> found = new HashMap<>();
    replica
        .<List<KnownEntity>>read(reading -> reading.known(scope, model, null, 1_000))
        .forEach(entity -> found.put(entity.key(), entity));
    return expected.equals(found)
        ? List.of()
        : List.of("K4: " + name + " knows " + found + ", the server " + expected);
  }

  @Override
  public String toString() {
    return name
        + " "
        + session.line()
        + ", "
        + session.pendingCount()
        + " pending, life "
        + lives
        + World.SCOPES.stream().map(scope -> " " + session.state(scope) + cursor(scope)).toList();
  }
}
