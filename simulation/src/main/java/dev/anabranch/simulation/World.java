package dev.anabranch.simulation;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authorizer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SimulatedDisk;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.promise.History;
import dev.anabranch.testkit.promise.K6AcknowledgedSurvives;
import dev.anabranch.testkit.promise.K8RightsInTheCommit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// One run: who takes part, what goes wrong, and the laws.
final class World {

  static final List<ScopeName> SCOPES =
      List.of(new ScopeName("org:first"), new ScopeName("org:second"));

  private static final long ROUGH_MILLIS = 6_000;
  private static final long REST_MILLIS_MAX = 60_000;
  private static final long REVIVE_MILLIS = 5_000;
  private static final long TICK_MILLIS = 100;
  private static final int TICKS_PER_INSPECTION = 25;

  final long seed;
  final RandomGenerator random;
  final Scheduler scheduler = new Scheduler();
  final Weather weather;
  final Truth truth = new Truth();
  final SimulatedServer server;
  final Bounds bounds;
  final EventLaws laws;
  private final Trace trace = new Trace(scheduler);
  private final SimulatedDisk disk;
  private final Sabotage sabotage;
  private final History history = new History();
  private final List<Commit> asked = new ArrayList<>();
  private final Map<ScopeName, Map<Long, Long>> seen = new HashMap<>();
  private final Map<String, Long> happened = new TreeMap<>();
  private final List<String> broken = new ArrayList<>();
  private final List<WriterClient> writers = new ArrayList<>();
  private final List<FollowerClient> followers = new ArrayList<>();
  private final List<Device> devices = new ArrayList<>();
  private final Inspection inspection;
  private final Replicas replicas;
  private long events;
  private long ticks;
  private boolean healed;
  private boolean atRest;

  World(long seed, Sabotage sabotage) {
    this.seed = seed;
    this.sabotage = sabotage;
    this.random = new SplittableRandom(seed);
    this.weather = Weather.of(random);
    this.disk = sabotage.disk(new SimulatedDisk(random));
    this.server = new SimulatedServer(this, disk, sabotage);
    this.inspection = new Inspection(history, asked, truth);
    this.bounds = new Bounds(server, devices);
    this.laws = new EventLaws(truth, disk, Inspection.OWNERS);
    this.replicas = new Replicas(truth, seed);
  }

  SimulationResult run() {
    begin();
    while (broken.isEmpty() && !atRest) {
      step();
    }
    if (broken.isEmpty()) {
      examineAtRest();
    }
    return new SimulationResult(
        seed, trace.hash(), broken, happened, events, scheduler.elapsedMillis(), trace.lastLines());
  }

  private void begin() {
    server.start();
    Caller ann = TestWriter.granted("ann");
    Caller bob = TestWriter.granted("bob");
    writers.add(new WriterClient(this, "w-counting", TestWriter.OWNER, true));
    writers.add(new WriterClient(this, "w-plain", TestWriter.OWNER, false));
    writers.add(new WriterClient(this, "w-ann", ann, false));
    for (ScopeName scope : SCOPES) {
      if (weather.withManyFollowers()) {
        followers.add(new FollowerClient(this, "f-owner-" + scope.id(), TestWriter.OWNER, scope));
        followers.add(new FollowerClient(this, "f-ann-" + scope.id(), ann, scope));
      }
      followers.add(new FollowerClient(this, "f-bob-" + scope.id(), bob, scope));
      new PollingReader(this, scope).start();
    }
    devices.add(device("d-owner", TestWriter.OWNER.principal()));
    devices.add(device("d-ann", ann.principal()));
    devices.forEach(Device::start);
    writers.forEach(WriterClient::start);
    followers.forEach(FollowerClient::start);
    new Trouble(this, followers, devices).start();
    new Crowd(this, List.of(TestWriter.OWNER, ann, bob)).start();
    scheduler.afterMillis(ROUGH_MILLIS, this::heal);
    tick();
  }

  private Device device(String name, PrincipalId principal) {
    return new Device(this, name, principal, sabotage.deviceDisk(new SimulatedDisk(random)));
  }

  private void step() {
    events++;
    try {
      if (!scheduler.step()) {
        broke("liveness: nothing is left to happen, and not everything is at rest");
      }
      bounds.look();
    } catch (RuntimeException bug) {
      bug(bug);
    }
  }

  private void heal() {
    healed = true;
    server.heal();
    note("faults stop");
    devices.forEach(Device::heal);
    devices.forEach(device -> scheduler.afterMillis(REVIVE_MILLIS, device::revive));
  }

  /// Whether faults and new writes have stopped.
  boolean isHealed() {
    return healed;
  }

  private void tick() {
    broke(bounds.broken());
    if (++ticks % TICKS_PER_INSPECTION == 0) {
      SimulatedServer.Process process = server.process();
      if (process != null) {
        inspect(process);
      }
    }
    if (scheduler.elapsedMillis() > ROUGH_MILLIS + REVIVE_MILLIS) {
      atRest = isAtRest();
      if (!atRest && scheduler.elapsedMillis() > ROUGH_MILLIS + REST_MILLIS_MAX) {
        broke(
            "liveness: still not at rest: " + followers + devices + ", writers " + quietWriters());
      }
    }
    scheduler.afterMillis(TICK_MILLIS, this::tick);
  }

  private void inspect(SimulatedServer.Process process) {
    try {
      broke(inspection.ofStore(process.engine.store()));
      broke(documents(process.engine.store()));
    } catch (StoreFailure away) {
      happened("inspection without a store");
    }
  }

  /// What is broken between the replicas of documents: the server's and every follower's (K10).
  private List<String> documents(Store store) {
    Replicas all = new Replicas(truth, seed);
    for (ScopeName scope : SCOPES) {
      all.have("the server", Copies.living(store, scope, TestModels.DOCUMENT));
    }
    followers.forEach(one -> all.have(one.toString(), one.entities()));
    return all.broken();
  }

  private List<Boolean> quietWriters() {
    return writers.stream().map(WriterClient::isQuiet).toList();
  }

  private boolean isAtRest() {
    return writers.stream().allMatch(WriterClient::isQuiet)
        && devices.stream().allMatch(Device::isQuiet)
        && followers.stream()
            .allMatch(one -> one.isQuiet(isEntitled(one), truth.headSeq(one.scope())));
  }

  /// Whether somebody may read a scope, by the log as it is now.
  boolean isEntitled(FollowerClient follower) {
    return isEntitled(follower.caller(), follower.scope());
  }

  boolean isEntitled(Caller caller, ScopeName scope) {
    return Authorizer.rightOf(caller, scope, inspection.grants(truth.grants(scope)))
        .covers(Right.READ);
  }

  private void examineAtRest() {
    note("at rest");
    disk.crash();
    try (Store store = MemoryStore.open(disk)) {
      storeOpened(store);
      broke(inspection.ofAnswers(store));
      broke(documents(store));
      broke(K6AcknowledgedSurvives.phantoms(seen, store));
      devices.forEach(device -> broke(device.brokenAtRest(store)));
      for (FollowerClient follower : followers) {
        if (isEntitled(follower)) {
          ScopeName scope = follower.scope();
          broke(follower.brokenAtRest(truth.headSeq(scope), Copies.living(store, scope)));
        }
      }
    }
  }

  // What the parts tell.

  /// A call goes its way for the first time.
  void asked(Commit call) {
    asked.add(call);
  }

  /// Brings a call to the server and its answer back, if the network lets them through.
  void ask(Commit call, Consumer<List<Outcome>> answered) {
    int copies = random.nextInt(100) < weather.duplicationPercent() ? 2 : 1;
    for (int copy = 0; copy < copies; copy++) {
      if (isLost()) {
        happened("request lost");
      } else {
        scheduler.after(latencyNanos(), () -> arrive(call, answered));
      }
    }
    if (copies > 1) {
      happened("request twice");
    }
  }

  private void arrive(Commit call, Consumer<List<Outcome>> answered) {
    SimulatedServer.Process process = server.process();
    if (process == null) {
      return;
    }
    process
        .kernel
        .commit(call)
        .whenComplete((outcomes, failure) -> {
          if (failure == null && !isLost()) {
            scheduler.after(
                latencyNanos(),
                () -> {
                  history.answered(call, outcomes);
                  answered.accept(outcomes);
                });
          }
        });
  }

  private boolean isLost() {
    return !healed && random.nextInt(100) < weather.lossPercent();
  }

  long latencyNanos() {
    return random.nextLong(weather.latencyMillisMax() * 1_000_000);
  }

  Bytes someBytes() {
    byte[] bytes = new byte[1 + random.nextInt(19)];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  /// The store committed a batch.
  void committed(Store store, Effects effects) {
    List<Change> batch = effects.logged().stream().map(Effects.Logged::change).toList();
    truth.committed(batch);
    batch.forEach(change -> note("committed " + place(change)));
    broke(laws.committed(store, batch));
  }

  /// The store was opened.
  void storeOpened(Store store) {
    Truth.Opened opened = truth.opened(store);
    broke(opened.lost());
    if (opened.lost().isEmpty()) {
      broke(laws.committed(store, opened.found()));
    }
    broke(inspection.ofStore(store));
  }

  /// The server told a follower about changes.
  ///
  /// @param rightsSeq the seq at which its right was certainly there
  void told(FollowerClient follower, long rightsSeq, List<Change> changes) {
    note("told " + follower + " up to " + place(changes.getLast()));
    changes.forEach(change -> broke(laws.told(follower.toString(), change)));
    if (!follower.caller().authority().ownsServer()) {
      broke(
          K8RightsInTheCommit.leaked(
              truth.grants(follower.scope()),
              TestModels.ALL,
              follower.caller().principal(),
              rightsSeq,
              changes.getLast().seq()));
    }
  }

  /// Somebody was shown an entity by the server, or made it of what it was told.
  void holds(String who, Entity entity) {
    replicas.have(who, List.of(entity));
    broke(replicas.broken());
    broke(laws.holds(who, entity));
  }

  /// A client has seen a change.
  void saw(Change change) {
    seen.computeIfAbsent(change.scope(), ignored -> new HashMap<>()).put(change.seq(), change.id());
  }

  private static String place(Change change) {
    return change.scope() + " seq " + change.seq() + " id " + change.id();
  }

  void note(String what) {
    trace.note(what);
  }

  /// Something happened that a run should meet.
  void happened(String what) {
    happened.merge(what, 1L, Long::sum);
  }

  void broke(String what) {
    broken.add(what);
    note(what);
  }

  void broke(List<String> some) {
    some.forEach(this::broke);
  }

  void bug(Throwable bug) {
    StackTraceElement[] stack = bug.getStackTrace();
    broke("bug: " + bug + (stack.length == 0 ? "" : " at " + stack[0]));
  }
}
