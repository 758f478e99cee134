package dev.anabranch.simulation;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.testkit.SimulatedDisk;
import dev.anabranch.testkit.TestModels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The server's machine: a disk that stays, and a process that comes and goes.
final class SimulatedServer {

  /// Small, so that every bound is met in a short run.
  private static final EngineLimits LIMITS =
      new EngineLimits(6, 12, 20_000, 10, 3, 2_000, new PageLimit(4, 3_000), 8, 4, 20, 400);

  private static final long RESTART_MILLIS_MAX = 1_500;
  private static final long NOTICED_MILLIS_MAX = 2_000;
  private static final long TASK_NANOS_MAX = 2_000_000;
  private static final long READ_NANOS_MAX = 20_000_000;
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

  /// One life of the server's process.
  final class Process {

    final int life = ++lives;
    final List<Executor> lanes = new ArrayList<>();
    final Engine engine;
    final Kernel kernel;
    private final SimulatedThread writer = thread();
    private final SimulatedPool readers =
        new SimulatedPool(world.scheduler, world.random, READ_NANOS_MAX);
    private final List<Runnable> whenDead = new ArrayList<>();
    private boolean alive = true;

    Process() {
      for (int lane = 0; lane < LANES; lane++) {
        lanes.add(thread());
      }
      EngineThreads seams =
          new EngineThreads(
              writer, readers, this::later, world.scheduler, world.scheduler::nowNanos);
      engine = new Engine(this::openStore, TestModels.ALL, seams, LIMITS, new Observer());
      kernel = sabotage.kernel(engine, world);
    }

    private SimulatedThread thread() {
      return new SimulatedThread(++threads, world.scheduler, world.random, TASK_NANOS_MAX);
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
      return new WitnessedStore(store, world::committed);
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
      lanes.forEach(lane -> ((SimulatedThread) lane).kill());
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
