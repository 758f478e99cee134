package dev.anabranch.server.operations;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineSizes;
import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.store.StoreFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes figures and log lines of what the engine does.
public final class EngineFigures implements EngineObserver {

  private static final Logger LOG = LoggerFactory.getLogger("dev.anabranch.engine");

  private final Metrics metrics;
  private final Timer commits;
  private final DistributionSummary batches;
  private final Timer answers;
  private final Timer lag;
  private final Counter turnedAway;
  private final Counter told;
  private final Counter dropped;
  private final Counter paused;
  private final Counter bugs;
  private final AtomicInteger storeUp;
  private final Consumer<StoreFailure> gone;

  /// Figures among a server's.
  ///
  /// @param gone told when the store is lost for good
  public EngineFigures(Metrics metrics, Consumer<StoreFailure> gone) {
    this.metrics = metrics;
    this.gone = gone;
    commits = metrics.timer("commit", "One transaction, from its beginning to the disk");
    batches = metrics.summary("batch.writes", "Writes of one transaction", 1, 4, 16, 64, 256);
    answers = metrics.timer("answer", "A call, from its arrival to its outcomes");
    lag = metrics.timer("fanout.lag", "From the disk to the followers of one thread");
    turnedAway =
        metrics.counter(
            "turned.away", "Calls refused because the queue was full or the store away");
    told = metrics.counter("deliveries", "Changes told, once for each follower");
    dropped = metrics.counter("dropped", "Changes dropped from a full mailbox, to be read instead");
    paused =
        metrics.counter("followers.paused", "Times a follower was told nothing for want of room");
    bugs = metrics.counter("bugs", "Broken invariants; each is in the log");
    storeUp = metrics.gauge("store.up", "Whether the database can be had");
    storeUp.set(1);
  }

  /// Figures of what waits in an engine.
  public static void watch(Metrics metrics, Engine engine) {
    waiting(
        metrics, "queue.writes", "Writes waiting for the writer", engine, EngineSizes::queueWrites);
    waiting(metrics, "queue.bytes", "Bytes of these writes", engine, EngineSizes::queueBytes);
    waiting(
        metrics,
        "lane.changes",
        "Changes waiting to be told by the thread with most of them",
        engine,
        EngineSizes::laneChanges);
    waiting(
        metrics,
        "lane.bytes",
        "Bytes waiting to be told by the thread with most of them",
        engine,
        EngineSizes::laneBytes);
    metrics.gauge(
        "followers.behind", "Followers that have the log read for them", engine::catchingUp);
    metrics.gauge(
        "quota.principals",
        "Principals of whom it is counted what they have in the log",
        engine::quotaPrincipals);
  }

  private static void waiting(
      Metrics metrics, String name, String what, Engine engine, ToLongFunction<EngineSizes> size) {
    metrics.gauge(
        name, what, () -> Math.clamp(size.applyAsLong(engine.sizes()), 0, Integer.MAX_VALUE));
  }

  @Override
  public void committed(int writes, long nanos) {
    commits.record(nanos, TimeUnit.NANOSECONDS);
    batches.record(writes);
  }

  @Override
  public void answered(Commit call, List<Outcome> outcomes, long waitedNanos) {
    answers.record(waitedNanos, TimeUnit.NANOSECONDS);
    for (int index = 0; index < outcomes.size(); index++) {
      metrics.written(
          call.writes().get(index).entity().model(), outcomes.get(index), call.caller().origin());
    }
  }

  @Override
  public void turnedAway(Commit call) {
    turnedAway.increment();
  }

  @Override
  public void fannedOut(int changes, int followers, long lagNanos) {
    told.increment((double) changes * followers);
    lag.record(lagNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void dropped(int changes) {
    dropped.increment(changes);
  }

  @Override
  public void paused() {
    paused.increment();
  }

  @Override
  public void storeLost(StoreFailure failure) {
    storeUp.set(0);
    metrics
        .counter(
            "store.lost",
            "Times the database was lost",
            "kind",
            failure.kind().name().toLowerCase(Locale.ROOT))
        .increment();
    LOG.error("the database is lost; writes are refused until it is back", failure);
  }

  @Override
  public void storeBack() {
    storeUp.set(1);
    LOG.info("the database is back");
  }

  @Override
  public void storeGone(StoreFailure failure) {
    LOG.error("the database is lost for good: {}", failure.getMessage());
    gone.accept(failure);
  }

  @Override
  public void bug(RuntimeException bug) {
    bugs.increment();
    LOG.error("an invariant is broken", bug);
  }
}
