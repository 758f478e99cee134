package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// Two devices that write carefully into few entities, now and then plainly, and lose their lines
/// and their power on the way.
///
/// 1. What a careful write had an effect on is what its user saw; what a rule made of one, what the
///    rule was shown as theirs. So nothing of others is overwritten that no conflict has shown.
/// 2. A device's writes of an entity take effect in the order they were made, what a rule makes of
///    one in its place.
/// 3. A write finds at most one conflict of its own, and one more for each write of others.
/// 4. The rule's base is what the user saw, or what the rule was shown the last time.
final class CarefulWriteLaws {

  private static final ScopeName DEMO = new ScopeName("org:demo");
  private static final SessionLimits LIMITS =
      new SessionLimits(1_000, 4, 4_000, 4, 50, 500, 2_000, 5_000);
  private static final ConflictRule ASK =
      conflict -> conflict.clashes().isEmpty() ? conflict.merge() : conflict.keepTheirs();
  private static final List<ConflictRule> RULES =
      List.of(ConflictRule.KEEP_THEIRS, ConflictRule.MERGE_FIELDS, ASK, Conflict::keepMine);
  private static final int STEPS = 200;

  @Property(tries = 300)
  void nothingOfOthersIsOverwrittenThatNoConflictHasShown(@ForAll long seed) {
    History history = new History(seed);
    for (int step = 0; step < STEPS; step++) {
      history.step();
    }
    history.comeToRest();

    history.devices.forEach(device -> {
      history.checkEffects(device);
      history.checkOrder(device);
      history.checkCount(device);
    });
  }

  @Property(tries = 200)
  void backupsThatAreRestoredHoldNothingUp(@ForAll long seed) {
    History history = new History(seed);
    for (int step = 0; step < STEPS; step++) {
      history.step();
      if (history.random.nextInt(40) == 0) {
        history.restore();
      }
    }
    history.comeToRest();
  }

  /// A careful write as its user made it.
  private record Made(QueuedWrite write, @Nullable JsonObject seen) {}

  private static final class History {
    private final Random random;
    private final ToyServer server = new ToyServer();
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Map<SimulatedDevice, Map<WriteKey, Made>> careful = new HashMap<>();
    private final Map<SimulatedDevice, Map<WriteKey, Long>> places = new HashMap<>();
    private long now = 1_000;

    private History(long seed) {
      random = new Random(seed);
      for (String name : List.of("ada", "bob")) {
        ConflictRule rule = RULES.get(random.nextInt(RULES.size()));
        SimulatedDevice device =
            new SimulatedDevice(name, server, rule, LIMITS, new Random(random.nextLong()));
        devices.add(device);
        careful.put(device, new HashMap<>());
        places.put(device, new HashMap<>());
        device.step(session -> {
          session.follow(DEMO);
          session.goOnline();
        });
      }
    }

    private void step() {
      SimulatedDevice device = devices.get(random.nextInt(devices.size()));
      now += random.nextInt(40);
      server.clock(now);
      switch (random.nextInt(36)) {
        case 0 -> {
          if (device.hasLine()) {
            device.cut();
          }
        }
        case 1 -> device.step(ReplicaSession::goOffline);
        case 2, 3, 4 -> device.step(ReplicaSession::goOnline);
        case 5 -> server.refetch(DEMO);
        case 6 -> server.turnAway(random);
        case 7 -> device.stepAndDie(session -> {});
        case 8 -> write(device, plain());
        case 9, 10, 11, 12, 13, 14 -> careful(device);
        case 15, 16, 17 -> {
          if (device.isDialling()) {
            device.connect();
          }
        }
        case 18, 19, 20 -> device.tick(now);
        case 21, 22, 23, 24, 25, 26, 27 -> device.deliverOut();
        default -> device.deliverIn();
      }
    }

    private EntityKey anyEntity() {
      return ToyServer.key(DEMO, "n" + random.nextInt(2));
    }

    private JsonObject anyFields() {
      return JsonObject.EMPTY.with("f" + random.nextInt(3), random.nextInt(1_000));
    }

    private Draft plain() {
      return random.nextInt(4) == 0
          ? Draft.delete(anyEntity())
          : Draft.put(anyEntity(), anyFields());
    }

    private void careful(SimulatedDevice device) {
      EntityKey key = anyEntity();
      EntityView seen = device.view(key);
      Draft draft;
      if (seen == null) {
        draft = Draft.put(key, anyFields()).expecting(0);
      } else {
        boolean deletes = random.nextInt(8) == 0;
        Draft change = deletes ? Draft.delete(key) : Draft.patch(key, anyFields());
        draft = change.expecting(seen);
      }
      QueuedWrite made = write(device, draft);
      if (made != null) {
        Map<WriteKey, Made> all = Objects.requireNonNull(careful.get(device));
        all.put(made.key(), new Made(made, seen == null ? null : seen.data()));
      }
    }

    private @Nullable QueuedWrite write(SimulatedDevice device, Draft draft) {
      QueuedWrite made = device.write(draft);
      if (made != null) {
        Objects.requireNonNull(places.get(device)).put(made.key(), made.number());
      }
      return made;
    }

    private void restore() {
      server.loseTheLast(1 + random.nextInt(4));
      for (SimulatedDevice device : devices) {
        if (device.hasLine()) {
          device.cut();
        }
      }
    }

    private void comeToRest() {
      server.takeAll();
      for (int round = 0; round < 100; round++) {
        now += 100;
        server.clock(now);
        for (SimulatedDevice device : devices) {
          if (device.session().line() == LineState.OFFLINE) {
            device.step(ReplicaSession::goOnline);
          }
          device.tick(now);
          if (device.isDialling()) {
            device.connect();
          }
          device.settle();
        }
      }
      for (SimulatedDevice device : devices) {
        assertThat(device.session().isQuiet()).as("quiet").isTrue();
        assertThat(device.views(DEMO)).isEqualTo(server.state(DEMO));
      }
    }

    private static List<Notice.WriteSettled> conflicts(SimulatedDevice device) {
      return device.told(Notice.WriteSettled.class).stream()
          .filter(settled -> settled.outcome() instanceof WriteOutcome.Conflicted)
          .toList();
    }

    /// Laws 1 and 4.
    private void checkEffects(SimulatedDevice device) {
      Map<WriteKey, Made> made = Objects.requireNonNull(careful.get(device));
      Map<WriteKey, Conflict> shown = new HashMap<>();
      for (Notice.WriteSettled settled : conflicts(device)) {
        WriteOutcome.Conflicted outcome = (WriteOutcome.Conflicted) settled.outcome();
        Conflict conflict = outcome.conflict();
        Conflict before = shown.get(settled.write().key());
        Made own = made.get(settled.write().key());
        if (before != null) {
          assertThat(conflict.base()).isEqualTo(before.theirs());
        } else if (own != null && !isAfterARefusal(device, settled.write())) {
          assertThat(conflict.base()).isEqualTo(own.seen());
        }
        if (outcome.rewrittenAs() != null) {
          shown.put(outcome.rewrittenAs(), conflict);
        }
      }
      Map<EntityKey, JsonObject> stands = new HashMap<>();
      for (SyncEvent event : server.log()) {
        EntityKey entity = Fold.entity(event);
        WriteKey key = Objects.requireNonNull(event.key());
        JsonObject before = stands.get(entity);
        if (shown.containsKey(key)) {
          assertThat(before).isEqualTo(Objects.requireNonNull(shown.get(key)).theirs());
        } else if (made.containsKey(key)) {
          Made own = Objects.requireNonNull(made.get(key));
          if (!isAfterARefusal(device, own.write())) {
            assertThat(before).as("under " + own.write()).isEqualTo(own.seen());
          }
        }
        if (event.action() == Action.DELETE) {
          stands.remove(entity);
        } else {
          JsonObject under = before == null ? JsonObject.EMPTY : before;
          stands.put(entity, under.patchedBy(Objects.requireNonNull(event.data())));
        }
      }
    }

    /// A write of this device that was shown in the entity and had no effect (a plain change of
    /// what somebody deleted) is missing below what was written on it.
    private static boolean isAfterARefusal(SimulatedDevice device, QueuedWrite write) {
      return device.told(Notice.WriteSettled.class).stream()
          .anyMatch(settled ->
              settled.outcome() instanceof WriteOutcome.Refused
                  && settled.write().entity().equals(write.entity())
                  && settled.write().number() < write.number());
    }

    /// Law 2.
    private void checkOrder(SimulatedDevice device) {
      Map<WriteKey, Long> at = new HashMap<>(Objects.requireNonNull(places.get(device)));
      for (Notice.WriteSettled settled : device.told(Notice.WriteSettled.class)) {
        at.putIfAbsent(settled.write().key(), settled.write().number());
      }
      Map<EntityKey, Long> last = new HashMap<>();
      for (SyncEvent event : server.log()) {
        Long place = at.get(Objects.requireNonNull(event.key()));
        if (place != null) {
          Long before = last.put(Fold.entity(event), place);
          assertThat(place).isGreaterThan(before == null ? 0 : before);
        }
      }
    }

    /// Law 3.
    private void checkCount(SimulatedDevice device) {
      Map<WriteKey, Long> mine = Objects.requireNonNull(places.get(device));
      long others =
          server.log().stream()
              .filter(
                  event -> !device.<DeviceId>read(ReplicaReading::device).equals(event.device()))
              .count();
      assertThat((long) conflicts(device).size()).isLessThanOrEqualTo(mine.size() + others);
    }
  }
}
