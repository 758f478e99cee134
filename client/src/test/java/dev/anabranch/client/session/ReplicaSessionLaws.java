package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// The laws of the package under random histories: three devices that write, lose their lines, are
/// killed before and after a commit, are refused for a while and told to refetch, in any order.
final class ReplicaSessionLaws {

  private static final List<ScopeName> SCOPES =
      List.of(new ScopeName("org:one"), new ScopeName("org:two"));
  private static final SessionLimits LIMITS =
      new SessionLimits(1_000, 4, 4_000, 4, 50, 500, 2_000, 5_000);
  private static final int STEPS = 250;

  @Property(tries = 400)
  void whateverHappensEveryWriteCountsOnceInOrderAndAllDevicesAgree(@ForAll long seed) {
    History history = new History(seed);
    for (int step = 0; step < STEPS; step++) {
      history.step();
    }
    history.comeToRest();

    history.checkAgreement();
    history.checkEveryWriteHasOneOutcome();
    history.checkOrder();
    history.checkNothingWentBack();
  }

  private static final class History {
    private final Random random;
    private final ToyServer server = new ToyServer();
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final Map<SimulatedDevice, List<QueuedWrite>> written = new HashMap<>();
    private final Map<SimulatedDevice, Integer> counters = new HashMap<>();
    private long now = 1_000;

    private History(long seed) {
      random = new Random(seed);
      for (String name : List.of("ada", "bob", "cyd")) {
        ConflictRule rule =
            name.equals("ada") ? ConflictRule.KEEP_THEIRS : ConflictRule.MERGE_FIELDS;
        SimulatedDevice device =
            new SimulatedDevice(name, server, rule, LIMITS, new Random(random.nextLong()));
        devices.add(device);
        written.put(device, new ArrayList<>());
        counters.put(device, 0);
        device.step(session -> {
          SCOPES.forEach(session::follow);
          session.goOnline();
        });
      }
    }

    private void step() {
      SimulatedDevice device = devices.get(random.nextInt(devices.size()));
      now += random.nextInt(40);
      server.clock(now);
      switch (random.nextInt(40)) {
        case 0 -> {
          if (device.hasLine()) {
            device.cut();
          }
        }
        case 1 -> device.step(ReplicaSession::goOffline);
        case 2, 3 -> device.step(ReplicaSession::goOnline);
        case 4 -> server.refetch(anyScope());
        case 5 -> server.turnAway(random);
        case 6 -> device.dieInStep(session -> session.write(anyDraft()));
        case 7 -> dieWithWrite(device);
        case 8 -> othersWrite();
        case 9, 10, 11, 12 -> write(device, anyDraft());
        case 13, 14, 15 -> write(device, counter(device));
        case 16, 17, 18, 19 -> dial(device);
        case 20, 21, 22, 23 -> device.tick(now);
        case 24, 25, 26, 27, 28, 29, 30, 31 -> device.deliverOut();
        default -> device.deliverIn();
      }
    }

    private void dial(SimulatedDevice device) {
      if (device.isDialling()) {
        if (random.nextInt(4) == 0) {
          device.refuse();
        } else {
          device.connect();
        }
      }
    }

    private ScopeName anyScope() {
      return SCOPES.get(random.nextInt(SCOPES.size()));
    }

    private EntityKey anyEntity() {
      return ToyServer.key(anyScope(), "n" + random.nextInt(4));
    }

    private Draft anyDraft() {
      EntityKey key = anyEntity();
      JsonObject data = JsonObject.EMPTY.with("f" + random.nextInt(3), random.nextInt(100));
      Draft draft =
          switch (random.nextInt(6)) {
            case 0 -> Draft.delete(key);
            case 1 -> Draft.put(key, data.with("forbidden", 1));
            case 2, 3 -> Draft.put(key, data);
            case 4 -> Draft.patch(key, data.with("f0", JsonNull.NULL));
            default -> Draft.patch(key, data);
          };
      return random.nextInt(3) == 0 ? draft.expecting(random.nextInt(4)) : draft;
    }

    /// Only this device writes its counter, so nobody may ever see it fall or vanish.
    private Draft counter(SimulatedDevice device) {
      int next = counters.merge(device, 1, Integer::sum);
      return Draft.put(counterOf(device), JsonObject.EMPTY.with("count", next));
    }

    private EntityKey counterOf(SimulatedDevice device) {
      return ToyServer.key(SCOPES.getFirst(), "counter-" + devices.indexOf(device));
    }

    private void write(SimulatedDevice device, Draft draft) {
      QueuedWrite queued = device.write(draft);
      if (queued != null) {
        Objects.requireNonNull(written.get(device)).add(queued);
      }
    }

    private void dieWithWrite(SimulatedDevice device) {
      List<QueuedWrite> queued = new ArrayList<>();
      device.stepAndDie(session -> {
        QueuedWrite write = session.write(anyDraft());
        if (write != null) {
          queued.add(write);
        }
      });
      Objects.requireNonNull(written.get(device)).addAll(queued);
    }

    private void othersWrite() {
      JsonObject data = JsonObject.EMPTY.with("f" + random.nextInt(3), "other");
      boolean deletes = random.nextInt(5) == 0;
      server.write(anyEntity(), deletes ? Action.DELETE : Action.INSERT, deletes ? null : data);
    }

    /// The faults stop; all devices must come to rest by themselves.
    private void comeToRest() {
      server.takeAll();
      for (int round = 0; round < 200; round++) {
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
    }

    private void checkAgreement() {
      for (SimulatedDevice device : devices) {
        assertThat(device.session().isQuiet()).as("quiet").isTrue();
        for (ScopeName scope : SCOPES) {
          assertThat(device.views(scope)).isEqualTo(server.state(scope));
        }
      }
    }

    /// Law 4: everything that was queued was answered, and has at most one change.
    private void checkEveryWriteHasOneOutcome() {
      Map<WriteKey, Integer> changes = new HashMap<>();
      for (SyncEvent event : server.log()) {
        changes.merge(Objects.requireNonNull(event.key()), 1, Integer::sum);
      }
      assertThat(changes.values()).allMatch(count -> count == 1);
      for (SimulatedDevice device : devices) {
        for (Notice.WriteSettled settled : device.told(Notice.WriteSettled.class)) {
          boolean inLog = changes.containsKey(settled.write().key());
          assertThat(settled.outcome() instanceof WriteOutcome.Applied).isEqualTo(inLog);
        }
        Set<WriteKey> decided = decidedHere(device);
        for (QueuedWrite write : Objects.requireNonNull(written.get(device))) {
          boolean answered = server.answered(write.scope(), write.key());
          assertThat(answered || decided.contains(write.key())).isTrue();
        }
      }
    }

    /// A careful write that rests on one that had no effect may be a conflict before it is sent.
    private static Set<WriteKey> decidedHere(SimulatedDevice device) {
      Set<WriteKey> decided = new HashSet<>();
      for (Notice.WriteSettled settled : device.told(Notice.WriteSettled.class)) {
        if (settled.outcome() instanceof WriteOutcome.Conflicted && settled.write().isCareful()) {
          decided.add(settled.write().key());
        }
      }
      return decided;
    }

    /// Law 2: the log holds a device's writes of a scope in the order they were made.
    private void checkOrder() {
      for (SimulatedDevice device : devices) {
        for (ScopeName scope : SCOPES) {
          List<WriteKey> made =
              Objects.requireNonNull(written.get(device)).stream()
                  .filter(write -> write.scope().equals(scope))
                  .map(QueuedWrite::key)
                  .toList();
          List<WriteKey> logged =
              server.log().stream()
                  .filter(event -> event.scope().equals(scope))
                  .map(event -> Objects.requireNonNull(event.key()))
                  .filter(made::contains)
                  .toList();
          assertThat(logged).isEqualTo(made.stream().filter(logged::contains).toList());
        }
      }
    }

    /// Law 6: a counter that one device writes never falls and never vanishes, on any device.
    private void checkNothingWentBack() {
      for (SimulatedDevice viewer : devices) {
        Map<EntityKey, Long> highest = new HashMap<>();
        for (Notice.EntityChanged change : viewer.told(Notice.EntityChanged.class)) {
          if (change.key().id().text().startsWith("counter-")) {
            EntityView after = change.after();
            assertThat(after).as("a counter that vanished").isNotNull();
            long count = after.number("count").orElseThrow();
            assertThat(count).isGreaterThan(highest.getOrDefault(change.key(), 0L));
            highest.put(change.key(), count);
          }
        }
      }
    }
  }
}
