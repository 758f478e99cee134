package dev.anabranch.testkit;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Decision;
import dev.anabranch.kernel.commit.Derivation;
import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.commit.Holdings;
import dev.anabranch.kernel.commit.MergeInspection;
import dev.anabranch.kernel.commit.Quota;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Holding;
import dev.anabranch.kernel.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// Commits to a store as the server's writer does: each call of [#batch] is one batch.
///
/// Its clock stands still until the test moves it.
public final class TestWriter {

  /// Where the clock of a new writer stands, in milliseconds since 1970.
  public static final long START_MILLIS = 1_700_000_000_000L;

  /// The owner of the server.
  public static final Caller OWNER = new Caller(new PrincipalId("owner"), Authority.OWNER, "test");

  private final Store store;
  private final Sequencer sequencer;
  private final Map<PrincipalId, Holding> held;
  private long nowMillis = START_MILLIS;

  /// A writer to a store, by the rules of [TestModels].
  public TestWriter(Store store) {
    this(store, TestModels.ALL);
  }

  /// A writer to a store, by the rules of these models.
  public TestWriter(Store store, Models models) {
    this(store, models, Quota.NONE);
  }

  /// A writer to a store in which each principal may have so much.
  public TestWriter(Store store, Models models, Quota quota) {
    this.store = store;
    this.sequencer = new Sequencer(models, MergeInspection.NONE, Derivation.NONE, quota);
    this.held = quota.isNone() ? new HashMap<>() : new HashMap<>(store.holdings());
  }

  /// A caller whose rights are what the grants say.
  public static Caller granted(String principal) {
    return new Caller(new PrincipalId(principal), Authority.GRANTED, "test");
  }

  /// The clock, in milliseconds since 1970.
  public long nowMillis() {
    return nowMillis;
  }

  /// Moves the clock.
  public void pass(long millis) {
    nowMillis += millis;
  }

  /// Commits these calls as one batch.
  public List<List<Outcome>> batch(List<Commit> calls) {
    AtomicReference<Decision> decision = new AtomicReference<>();
    store.commit(
        sequencer.lookups(calls),
        loaded -> {
          Decision made = sequencer.decide(loaded, Originals.NONE, new Held(), calls, nowMillis);
          decision.set(made);
          return made.effects();
        });
    decision.get().moved().forEach((author, by) -> held.merge(author, by, Holding::plus));
    return decision.get().outcomes();
  }

  /// What each principal has in the log, as the batches moved it; those who have nothing are not
  /// named.
  public Map<PrincipalId, Holding> held() {
    Map<PrincipalId, Holding> some = new HashMap<>(held);
    some.values().removeIf(Holding.NOTHING::equals);
    return some;
  }

  /// Counts no longer what goes from the log.
  public void gone(Map<PrincipalId, Holding> less) {
    less.forEach((author, by) -> held.merge(author, Holding.NOTHING.minus(by), Holding::plus));
  }

  private final class Held implements Holdings {
    @Override
    public Holding of(PrincipalId author) {
      return held.getOrDefault(author, Holding.NOTHING);
    }

    @Override
    public Map<PrincipalId, Holding> trail(ScopeName scope, long seq) {
      return store.trailHoldings(scope, seq);
    }
  }

  /// Commits one call as a batch of its own.
  public List<Outcome> call(Commit call) {
    return batch(List.of(call)).getFirst();
  }

  /// Commits one write of the owner as a batch of its own.
  public Outcome write(Write write) {
    return write(OWNER, write);
  }

  /// Commits one write as a batch of its own.
  public Outcome write(Caller caller, Write write) {
    return call(Commit.of(caller, write)).getFirst();
  }

  /// Commits one write of the owner, which must be applied.
  public Outcome.Applied apply(Write write) {
    return apply(OWNER, write);
  }

  /// Commits one write, which must be applied.
  public Outcome.Applied apply(Caller caller, Write write) {
    Outcome outcome = write(caller, write);
    if (outcome instanceof Outcome.Applied applied) {
      return applied;
    }
    throw new AssertionError(write + " came to " + outcome);
  }
}
