package dev.anabranch.simulation;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.FaultCode;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.presence.Present;
import java.util.List;

/// People who are present here and there for a while: more than there is room for.
final class Crowd {

  private static final long PAUSE_MILLIS_MAX = 200;
  private static final long STAY_MILLIS_MAX = 4_000;
  private static final int PLACES = 12;

  private final World world;
  private final List<Caller> people;

  Crowd(World world, List<Caller> people) {
    this.world = world;
    this.people = people;
  }

  void start() {
    world.scheduler.afterMillis(
        1 + world.random.nextLong(PAUSE_MILLIS_MAX),
        () -> {
          if (!world.isHealed()) {
            appear();
            start();
          }
        });
  }

  private void appear() {
    SimulatedServer.Process process = world.server.process();
    if (process == null) {
      return;
    }
    Caller caller = people.get(world.random.nextInt(people.size()));
    process
        .kernel
        .present(caller, said(caller))
        .whenComplete((answer, failure) -> {
          if (failure == null
              && answer instanceof Answer.Refused<Boolean> refused
              && refused.fault().code() == FaultCode.QUOTA) {
            world.happened("presence refused");
          }
        });
  }

  private Present said(Caller caller) {
    ScopeName scope = World.SCOPES.get(world.random.nextInt(World.SCOPES.size()));
    String device = "p" + world.random.nextInt(PLACES);
    boolean leaves = world.random.nextInt(6) == 0;
    long until = world.scheduler.millis() + 1 + world.random.nextLong(STAY_MILLIS_MAX);
    return new Present(
        new Present.Place(scope, "", device, 0),
        caller.principal(),
        leaves ? null : JsonObject.EMPTY,
        until);
  }
}
