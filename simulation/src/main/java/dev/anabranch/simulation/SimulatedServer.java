package dev.anabranch.simulation;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Peer;
import dev.anabranch.protocol.scope.server.ScopeGateway;
import dev.anabranch.protocol.scope.server.ScopeLimits;
import dev.anabranch.protocol.scope.server.ScopeObserver;
import dev.anabranch.protocol.scope.server.ScopePolicy;
import dev.anabranch.protocol.scope.server.ScopeSeams;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SimulatedDisk;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The server's machine: a disk that stays, and a process that comes and goes.
final class SimulatedServer {

  /// Small, so that every bound is met in a short run.
  static final EngineLimits LIMITS =
      new EngineLimits(
          6, 12, 20_000, 10, 12_000, 3, 2_000, 1, 4, new PageLimit(4, 3_000), 8, 8, 10, 4, 20, 400);

  static final ScopeLimits SCOPE_LIMITS = new ScopeLimits(session(), ScopeLimits.Http.DEFAULT);

  /// Fewer than a device has under way: now and then one is turned away by the session.
  private static final int PUSHES_MAX = 3;

  private static final long RESTART_MILLIS_MAX = 1_500;
  private static final long NOTICED_MILLIS_MAX = 2_000;
  private static final long TASK_NANOS_MAX = 2_000_000;
  private static final long READ_NANOS_MAX = 20_000_000;
  private static final long EXPIRY_MILLIS = 1_000;
  private static final int LANES = 2;

  private final World world;
  private final SimulatedDisk disk;
  private final Sabotage sabotage;
  private @Nullable Process process;
  private int lives;
  private int threads;

  SimulatedServer(World world, SimulatedDisk disk, Sabotage sabotage) {
    this.world = world;
    this.disk = disk;
    this.sabotage = sabotage;
  }

  private static ScopeLimits.Session session() {
    ScopeLimits.Session usual = ScopeLimits.Session.DEFAULT;
    return new ScopeLimits.Session(
        usual.frame(),
        usual.subscriptionsMax(),
        PUSHES_MAX,
        usual.waitingMax(),
        usual.presencesMax(),
        LIMITS.catchUpPage(),
        2_000,
        usual.authenticationMillis(),
        usual.frames(),
        usual.writes());
  }

  /// One life of the server's process.
  final class Process {

    final int life = ++lives;
    final List<SimulatedThread> lanes = new ArrayList<>();
    final Engine engine;
    final Kernel kernel;
    final ScopeGateway gateway;
    private final SimulatedThread writer = thread(() -> TASK_NANOS_MAX);
    private final SimulatedPool readers =
        new SimulatedPool(world.scheduler, world.random, READ_NANOS_MAX);
    private final List<Runnable> whenDead = new ArrayList<>();
    private boolean alive = true;
    private long takenNanos;

    Process() {
      for (int lane = 0; lane < LANES; lane++) {
        lanes.add(thread(this::laneWaitNanosMax));
      }
      EngineThreads seams =
          new EngineThreads(
              writer, Runnable::run, readers, this::later, world.scheduler, this::measuredNanos);
      engine =
          new Engine(
              this::openStore, TestModels.ALL, seams, sabotage.limits(LIMITS), new Observer());
      kernel = new WitnessedKernel(sabotage.kernel(engine, world), world);
      gateway =
          new ScopeGateway(
              kernel,
              new ScopePolicy(SCOPE_LIMITS, false),
              this::authenticate,
              new ScopeSeams(world.scheduler, world.scheduler::nowNanos, world.random),
              new GatewayObserver());
      expirePresence();
    }

    /// No virtual time passes within a task; what the engine measures takes some.
    private long measuredNanos() {
      takenNanos += world.random.nextLong(TASK_NANOS_MAX);
      return world.scheduler.nowNanos() + takenNanos;
    }

    private void expirePresence() {
      later(
          EXPIRY_MILLIS,
          () -> {
            engine.expirePresence();
            expirePresence();
          });
    }

    private SimulatedThread thread(LongSupplier waitNanosMax) {
      return new SimulatedThread(++threads, world.scheduler, world.random, waitNanosMax);
    }

    /// A lane may be slow, but not for ever: at the end everything must come to rest.
    private long laneWaitNanosMax() {
      return world.isHealed() ? TASK_NANOS_MAX : world.weather.laneMillisMax() * 1_000_000;
    }

    /// A token is the name of its principal.
    private CompletionStage<Answer<Caller>> authenticate(@Nullable String token, Peer peer) {
      Authority authority =
          TestWriter.OWNER.principal().text().equals(token) ? Authority.OWNER : Authority.GRANTED;
      PrincipalId principal = new PrincipalId(token == null ? "nobody" : token);
      CompletableFuture<Answer<Caller>> answer = new CompletableFuture<>();
      Caller caller = new Caller(principal, authority, ScopeGateway.ORIGIN);
      readers.execute(() -> answer.complete(new Answer.Given<>(caller)));
      return answer;
    }

    void later(long millis, Runnable task) {
      world.scheduler.afterMillis(
          millis,
          () -> {
            if (alive) {
              task.run();
            }
          });
    }

    private Store openStore() {
      Store store = sabotage.store(MemoryStore.open(disk), world);
      world.storeOpened(store);
      return new WitnessedStore(store, effects -> world.committed(store, effects));
    }

    /// Whether this life goes on.
    boolean alive() {
      return alive;
    }

    /// Lets something happen some time after this life has ended.
    void whenDead(Runnable task) {
      whenDead.add(task);
    }

    private void kill() {
      alive = false;
      whenDead.forEach(
          task -> world.scheduler.afterMillis(world.random.nextLong(NOTICED_MILLIS_MAX), task));
      writer.kill();
      readers.kill();
      lanes.forEach(SimulatedThread::kill);
    }
  }

  /// The life that is on, or null while the machine is down.
  @Nullable Process process() {
    return process;
  }

  void start() {
    try {
      process = new Process();
      world.note("server starts, life " + lives);
    } catch (StoreFailure failure) {
      world.note("server cannot start: " + failure.getMessage());
      world.happened("start failed");
      world.scheduler.afterMillis(world.random.nextLong(RESTART_MILLIS_MAX), this::startAgain);
    }
  }

  private void startAgain() {
    if (process == null) {
      start();
    }
  }

  /// The power fails.
  void crash() {
    if (process == null) {
      return;
    }
    process.kill();
    process = null;
    long tornBefore = disk.tornBytes();
    disk.crash();
    if (disk.tornBytes() > tornBefore) {
      world.happened("torn write");
    }
    world.happened("server crash");
    world.note("server crashes");
    world.scheduler.afterMillis(world.random.nextLong(RESTART_MILLIS_MAX), this::startAgain);
  }

  /// The disk begins to fail in the middle of one of the next operations.
  void trouble() {
    disk.failAfter(world.random.nextInt(6));
    world.note("disk fails soon");
  }

  /// The disk works again.
  void heal() {
    disk.heal();
  }

  private final class GatewayObserver implements ScopeObserver {
    @Override
    public void failed(Throwable failure) {
      world.bug(failure);
    }
  }

  private final class Observer implements EngineObserver {
    @Override
    public void dropped(int changes) {
      world.happened("lane overflow");
    }

    @Override
    public void paused() {
      world.happened("slow follower");
    }

    @Override
    public void turnedAway(Commit call) {
      world.happened("write turned away");
    }

    @Override
    public void storeLost(StoreFailure failure) {
      world.happened("store lost");
      world.note("store lost: " + failure.getMessage());
    }

    @Override
    public void storeBack() {
      world.happened("store back");
      world.note("store back");
    }

    @Override
    public void bug(RuntimeException bug) {
      world.bug(bug);
    }
  }
}
