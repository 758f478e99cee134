package dev.anabranch.testkit;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.commit.Decision;
import dev.anabranch.kernel.commit.Sequencer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import java.util.List;
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
  private long nowMillis = START_MILLIS;

  /// A writer to a store, by the rules of [TestModels].
  public TestWriter(Store store) {
    this(store, TestModels.ALL);
  }

  /// A writer to a store, by the rules of these models.
  public TestWriter(Store store, Models models) {
    this.store = store;
    this.sequencer = new Sequencer(models);
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
          Decision made = sequencer.decide(loaded, calls, nowMillis);
          decision.set(made);
          return made.effects();
        });
    return decision.get().outcomes();
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
