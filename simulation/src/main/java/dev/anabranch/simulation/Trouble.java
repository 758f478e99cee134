package dev.anabranch.simulation;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestWriter;
import java.util.List;

/// What goes wrong from outside, and what an operator does meanwhile, as the weather has it.
final class Trouble {

  private static final List<String> RIGHTS = List.of("none", "read", "write", "admin");
  private static final long DISK_TROUBLE_MILLIS_MAX = 1_500;

  private final World world;
  private final List<FollowerClient> followers;
  private final List<Device> devices;
  private int grants;

  Trouble(World world, List<FollowerClient> followers, List<Device> devices) {
    this.world = world;
    this.followers = followers;
    this.devices = devices;
  }

  void start() {
    Weather weather = world.weather;
    for (String principal : List.of("ann", "bob")) {
      World.SCOPES.forEach(scope -> grant(scope, principal, "write"));
    }
    every(weather.crashMillis(), world.server::crash);
    every(weather.diskTroubleMillis(), this::troubleTheDisk);
    every(weather.cutMillis(), () -> anyFollower().cut());
    every(weather.cutMillis(), () -> anyDevice().cut());
    every(weather.clientCrashMillis(), () -> anyDevice().crash());
    every(weather.diskTroubleMillis(), () -> anyDevice().trouble());
    every(weather.clientCrashMillis(), () -> anyFollower().crash());
    every(weather.floorMillis(), this::raiseAFloor);
    every(weather.grantMillis(), this::changeSomebodysRights);
  }

  private void every(long aboutMillis, Runnable trouble) {
    if (aboutMillis == 0) {
      return;
    }
    world.scheduler.afterMillis(
        1 + world.random.nextLong(2 * aboutMillis),
        () -> {
          if (!world.isHealed()) {
            trouble.run();
            every(aboutMillis, trouble);
          }
        });
  }

  private FollowerClient anyFollower() {
    return followers.get(world.random.nextInt(followers.size()));
  }

  private Device anyDevice() {
    return devices.get(world.random.nextInt(devices.size()));
  }

  private ScopeName anyScope() {
    return World.SCOPES.get(world.random.nextInt(World.SCOPES.size()));
  }

  private void troubleTheDisk() {
    world.server.trouble();
    world.scheduler.afterMillis(world.random.nextLong(DISK_TROUBLE_MILLIS_MAX), world.server::heal);
  }

  private void raiseAFloor() {
    SimulatedServer.Process process = world.server.process();
    if (process == null) {
      return;
    }
    ScopeName scope = anyScope();
    process
        .engine
        .maintain(store -> {
          long head = store.head(scope).seq();
          return store.raiseFloor(scope, head - world.random.nextInt(20), TestModels::ruleOf);
        })
        .whenComplete((dropped, failure) -> {
          if (failure == null && dropped > 0) {
            world.happened("floor raised");
          }
        });
  }

  private void changeSomebodysRights() {
    String principal = List.of("ann", "bob", "anyone").get(world.random.nextInt(3));
    grant(anyScope(), principal, RIGHTS.get(world.random.nextInt(RIGHTS.size())));
  }

  private void grant(ScopeName scope, String principal, String right) {
    WriteKey key = new WriteKey("grant-" + grants++);
    EntityKey entity = EntityKey.grant(scope, new PrincipalId(principal));
    Write write =
        right.equals("none") && world.random.nextBoolean()
            ? Write.delete(key, entity)
            : Write.insert(key, entity, JsonObject.EMPTY.with("right", right));
    Commit call = Commit.of(TestWriter.OWNER, write);
    world.asked(call);
    world.ask(call, outcomes -> world.happened("grant answered"));
  }
}
