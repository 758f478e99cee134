package dev.anabranch.simulation;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.CausalClaim;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.WriteGenerator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Somebody who writes: one call at a time, asked again until every write has a final answer.
///
/// Now and then it asks an old call once more, as a client does that lost its memory.
final class WriterClient {

  private static final long RETRY_MILLIS_MIN = 300;
  private static final long RETRY_MILLIS_MAX = 3_000;

  private final World world;
  private final Caller caller;
  private final boolean counting;
  private final DeviceId device;
  private final WriteGenerator generator;
  private final List<Commit> past = new ArrayList<>();
  private @Nullable Commit asked;
  private long count;

  /// A writer.
  ///
  /// @param counting whether it numbers its writes, all in one scope
  WriterClient(World world, String name, Caller caller, boolean counting) {
    this.world = world;
    this.caller = caller;
    this.counting = counting;
    this.device = new DeviceId(name);
    this.generator = new WriteGenerator(world.random, name + "-");
  }

  void start() {
    world.scheduler.afterMillis(world.random.nextLong(world.weather.thinkMillisMax()), this::think);
  }

  private void think() {
    if (world.isHealed()) {
      return;
    }
    boolean again = !past.isEmpty() && world.random.nextInt(20) == 0;
    if (again) {
      world.happened("old call asked again");
    }
    Commit call = again ? past.get(world.random.nextInt(past.size())) : call();
    if (!again) {
      past.add(call);
    }
    asked = call;
    world.asked(call);
    ask();
  }

  private Commit call() {
    boolean atomic = !counting && world.random.nextInt(4) == 0;
    List<Write> writes = new ArrayList<>();
    for (int left = world.random.nextInt(3); left >= 0; left--) {
      writes.add(counting ? counted() : plain(atomic));
    }
    return new Commit(caller, writes, atomic);
  }

  private Write counted() {
    Long base = world.random.nextBoolean() ? null : (long) world.random.nextInt(100);
    return generator.next(World.SCOPES.getFirst()).causedBy(new CausalClaim(device, ++count, base));
  }

  private Write plain(boolean atomic) {
    ScopeName scope = World.SCOPES.get(world.random.nextInt(World.SCOPES.size()));
    Write write = generator.next(scope);
    while (atomic && write.entity().model().equals(TestModels.MARKER)) {
      write = generator.next(scope);
    }
    return world.random.nextInt(8) == 0 ? write.provenBy(world.someBytes()) : write;
  }

  private void ask() {
    Commit call = asked;
    if (call == null) {
      return;
    }
    world.ask(call, outcomes -> answered(call, outcomes));
    long wait = world.random.nextLong(RETRY_MILLIS_MIN, RETRY_MILLIS_MAX);
    world.scheduler.afterMillis(
        wait,
        () -> {
          if (isAsked(call)) {
            world.happened("call asked again");
            ask();
          }
        });
  }

  private boolean isAsked(Commit call) {
    return call.equals(asked);
  }

  private void answered(Commit call, List<Outcome> outcomes) {
    outcomes.forEach(this::examine);
    boolean isFinal = outcomes.stream().noneMatch(WriterClient::mayBeRetried);
    if (isAsked(call) && isFinal) {
      asked = null;
      start();
    }
  }

  private void examine(Outcome outcome) {
    if (outcome instanceof Outcome.Duplicate) {
      world.happened("duplicate answered");
    }
    if (outcome instanceof Outcome.Conflict) {
      world.happened("conflict");
    }
    if (outcome instanceof Outcome.Refused(var fault)) {
      world.happened("refused " + fault.code().word());
      if (fault.code() == FaultCode.DEVICE_GAP) {
        world.broke("K9: a refused write blocked the next one: " + fault.detail());
      }
      if (fault.code() == FaultCode.KEY_REUSED) {
        world.broke("K2: a retry was taken for another write: " + fault.detail());
      }
    }
  }

  private static boolean mayBeRetried(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var fault) && fault.code() == FaultCode.UNAVAILABLE;
  }

  /// Whether it waits for nothing.
  boolean isQuiet() {
    return asked == null;
  }
}
