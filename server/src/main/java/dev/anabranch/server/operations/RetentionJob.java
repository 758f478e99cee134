package dev.anabranch.server.operations;

import dev.anabranch.engine.Engine;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.server.configuration.RetentionSettings;
import io.micrometer.core.instrument.Counter;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folds old changes away, scope by scope, in steps small enough that writers hardly wait.
///
/// Blocks; run it on a thread that may.
public final class RetentionJob {

  private static final Logger LOG = LoggerFactory.getLogger(RetentionJob.class);
  private static final int SCOPES_PAGE = 500;
  private static final int STEP_CHANGES = 2_000;

  private final Engine engine;
  private final Retention retention;
  private final InstantSource clock;
  private final Counter dropped;

  /// A job over an engine's store.
  public RetentionJob(
      Engine engine, RetentionSettings settings, InstantSource clock, Metrics metrics) {
    this.engine = engine;
    this.retention = new Retention(settings);
    this.clock = clock;
    this.dropped = metrics.counter("retention.dropped", "Changes folded away by age or count");
  }

  /// Looks at every scope once.
  ///
  /// @return how many changes were dropped
  public long run() {
    long gone = 0;
    @Nullable ScopeName after = null;
    List<ScopeHead> page;
    do {
      page = engine.store().heads(after, SCOPES_PAGE);
      for (ScopeHead head : page) {
        gone += retain(head);
        after = head.scope();
      }
    } while (page.size() == SCOPES_PAGE);
    if (gone > 0) {
      LOG.info("{} old changes were folded away", gone);
    }
    return gone;
  }

  private long retain(ScopeHead head) {
    return retention
        .ruleFor(head)
        .map(rule -> retention.floorOf(head, rule, engine.store(), clock.millis()))
        .map(floor -> raise(head, floor))
        .orElse(0L);
  }

  private long raise(ScopeHead head, long floor) {
    long gone = 0;
    for (long step = head.floorSeq(); step < floor; ) {
      step = Math.min(floor, step + STEP_CHANGES);
      gone += engine.raiseFloor(head.scope(), step).toCompletableFuture().join();
    }
    dropped.increment(gone);
    return gone;
  }
}
