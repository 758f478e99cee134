package dev.anabranch.bench.load;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Callers on the kernel's port, in this process: the log's writer alone, without sockets and
/// protocols. Each waits for its answer, which comes after the commit, and writes again.
public final class KernelCallers implements AutoCloseable {
  private static final ScopeName SCOPE = new ScopeName("bench:kernel");
  private static final ModelName MODEL = new ModelName("bench_item");
  private static final Caller CALLER =
      new Caller(new PrincipalId("bench"), Authority.OWNER, "bench");

  private final ExecutorService writer = Executors.newSingleThreadExecutor();
  private final ExecutorService teller = Executors.newSingleThreadExecutor();
  private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Engine engine;
  private final JsonObject data;
  private final AtomicLong written = new AtomicLong();

  /// Opens a store of its own.
  ///
  /// @param place a folder or a `postgresql://` address, as `anabranch serve` takes them
  /// @param dataBytes of the data of a write
  public KernelCallers(String place, int dataBytes) {
    this.data = JsonObject.EMPTY.with("text", "x".repeat(Math.max(1, dataBytes - 11)));
    this.engine =
        new Engine(
            () -> Storage.open(StorageConfiguration.parse(place, "")),
            Models.none(),
            new EngineThreads(
                writer, teller, tasks, this::after, InstantSource.system(), System::nanoTime),
            EngineLimits.DEFAULT,
            EngineObserver.NONE);
  }

  private void after(long millis, Runnable task) {
    var unused = timer.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  /// Durable writes a second of `callers` callers.
  public double writesPerSecond(int callers, Duration duration) {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    long before = written.get();
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < callers; caller++) {
        var unused = each.submit(() -> write(end));
      }
    }
    return (written.get() - before) * 1e9 / (System.nanoTime() - start);
  }

  private void write(long endNanos) {
    while (System.nanoTime() < endNanos) {
      String name = "bench-key-" + System.nanoTime() + "-" + written.get();
      EntityKey entity = new EntityKey(SCOPE, MODEL, new EntityId(name));
      Commit call = Commit.of(CALLER, Write.insert(new WriteKey(name), entity, data));
      Outcome outcome = engine.commit(call).toCompletableFuture().join().getFirst();
      if (outcome instanceof Outcome.Applied) {
        written.incrementAndGet();
      }
    }
  }

  @Override
  public void close() {
    engine.close().toCompletableFuture().join();
    writer.shutdown();
    teller.shutdown();
    tasks.shutdown();
    timer.shutdownNow();
  }
}
