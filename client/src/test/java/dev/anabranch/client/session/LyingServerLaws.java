package dev.anabranch.client.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.RefetchReason;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.PushWrite;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// A server that says anything that can be spelled, in any order: holes, repeats, answers to
/// nothing, frames of other scopes, ids from nowhere, too many or too few outcomes. The device must
/// not break, must not grow, and must agree with an honest server afterwards.
final class LyingServerLaws {

  private static final List<ScopeName> SCOPES =
      List.of(new ScopeName("org:one"), new ScopeName("org:two"), new ScopeName("org:else"));
  private static final ModelName NOTE = new ModelName("Note");
  private static final SessionLimits LIMITS =
      new SessionLimits(100, 4, 4_000, 4, 50, 500, 2_000, 5_000);

  @Property(tries = 400)
  void nothingThatAServerSaysBreaksADevice(@ForAll long seed) {
    Random random = new Random(seed);
    ToyServer honest = new ToyServer();
    SimulatedDevice device =
        new SimulatedDevice(
            "ada", honest, ConflictRule.MERGE_FIELDS, LIMITS, new Random(random.nextLong()));
    device.step(session -> {
      session.follow(SCOPES.getFirst());
      session.follow(SCOPES.get(1));
      session.goOnline();
    });
    List<ScopeMessage.ToClient> said = new ArrayList<>();
    for (int step = 0; step < 120; step++) {
      device.tick(device.now + random.nextInt(100));
      if (device.isDialling()) {
        device.connect();
      }
      if (random.nextInt(4) == 0) {
        device.write(draft(random));
      }
      boolean again = !said.isEmpty() && random.nextInt(8) == 0;
      ScopeMessage.ToClient lie =
          again ? said.get(random.nextInt(said.size())) : lie(device, random);
      said.add(lie);
      device.hear(lie);
    }

    agreeWithAnHonestServer(device, honest);
  }

  private static void agreeWithAnHonestServer(SimulatedDevice device, ToyServer honest) {
    if (device.hasLine()) {
      device.cut();
    }
    for (int round = 0; round < 60; round++) {
      device.tick(device.now + 500);
      honest.clock(device.now);
      if (device.isDialling()) {
        device.connect();
      }
      device.settle();
    }
    // One change more, so that a cursor that was lied ahead is found out.
    for (ScopeName scope : SCOPES.subList(0, 2)) {
      honest.write(ToyServer.key(scope, "last"), Action.INSERT, JsonObject.EMPTY.with("x", 1));
    }
    device.settle();
    assertThat(device.session().isQuiet()).isTrue();
    for (ScopeName scope : SCOPES.subList(0, 2)) {
      assertThat(device.views(scope)).isEqualTo(honest.state(scope));
    }
    assertThat(device.<Integer>read(replica -> replica.cursors().size())).isEqualTo(2);
    assertThat(device.<Boolean>read(replica -> replica.pending().isEmpty())).isTrue();
    assertThat(device.<DeviceId>read(ReplicaReading::device)).isEqualTo(new DeviceId("ada"));
  }

  private static Draft draft(Random random) {
    EntityKey key = ToyServer.key(SCOPES.get(random.nextInt(2)), "n" + random.nextInt(3));
    Draft draft =
        random.nextBoolean()
            ? Draft.put(key, JsonObject.EMPTY.with("mine", random.nextInt(9)))
            : Draft.delete(key);
    return random.nextInt(3) == 0 ? draft.expecting(random.nextInt(3)) : draft;
  }

  private static ScopeMessage.ToClient lie(SimulatedDevice device, Random random) {
    ScopeName scope = SCOPES.get(random.nextInt(SCOPES.size()));
    return switch (random.nextInt(9)) {
      case 0 ->
          new ScopeMessage.Bootstrap(
              scope, records(scope, random), random.nextBoolean(), id(random), ref(random));
      case 1, 2, 3 -> new ScopeMessage.Sync(scope, events(device, scope, random));
      case 4 -> new ScopeMessage.Live(scope, id(random), ref(random));
      case 5, 6 -> new ScopeMessage.Pushed(outcomes(device, random), ref(random));
      case 7 ->
          new ScopeMessage.Refetch(
              scope,
              RefetchReason.values()[random.nextInt(RefetchReason.values().length)],
              ref(random));
      default ->
          new ScopeMessage.ErrorAnswer(
              List.of("forbidden", "unavailable", "malformed", "what", "too_large")
                  .get(random.nextInt(5)),
              "a lie",
              random.nextBoolean() ? scope.text() : null,
              random.nextInt(200),
              ref(random));
    };
  }

  private static @Nullable Ref ref(Random random) {
    return random.nextInt(5) == 0 ? null : new Ref(Integer.toString(1 + random.nextInt(12)));
  }

  private static long id(Random random) {
    return random.nextInt(6) == 0 ? 1L << random.nextInt(60) : random.nextInt(200);
  }

  private static Map<ModelName, List<SyncRecord>> records(ScopeName scope, Random random) {
    List<SyncRecord> records = new ArrayList<>();
    for (int count = random.nextInt(3); count > 0; count--) {
      ScopeName of = random.nextInt(5) == 0 ? SCOPES.getLast() : scope;
      EntityId entity = new EntityId("n" + random.nextInt(3));
      records.add(
          random.nextInt(5) == 0
              ? SyncRecord.deleted(entity, of, 1, 1 + id(random))
              : record(entity, of, random));
    }
    return Map.of(NOTE, records);
  }

  private static SyncRecord record(EntityId entity, ScopeName scope, Random random) {
    JsonObject fields = JsonObject.EMPTY.with("lie", random.nextInt(9));
    return new SyncRecord(
        entity, scope, 1 + random.nextInt(9), 1 + id(random), 1, 2, fields, null, false);
  }

  private static List<SyncEvent> events(SimulatedDevice device, ScopeName scope, Random random) {
    List<SyncEvent> events = new ArrayList<>();
    long id = 1 + id(random);
    long seq = 1L + random.nextInt(5);
    for (int count = 1 + random.nextInt(3); count > 0; count--) {
      Action action = Action.values()[random.nextInt(Action.values().length)];
      ScopeName of = random.nextInt(8) == 0 ? SCOPES.getLast() : scope;
      events.add(
          new SyncEvent(
              id,
              seq,
              of,
              NOTE,
              new EntityId("n" + random.nextInt(3)),
              action,
              action == Action.DELETE ? null : JsonObject.EMPTY.with("lie", random.nextInt(9)),
              null,
              1 + random.nextInt(5),
              new PrincipalId("liar"),
              new DeviceId(random.nextBoolean() ? "ada" : "bob"),
              key(device, random),
              1,
              random.nextInt(9) == 0));
      id += random.nextInt(3);
      seq += random.nextInt(4) == 0 ? random.nextInt(3) : 1;
    }
    return events;
  }

  /// Often the key of a write that was really sent.
  private static WriteKey key(SimulatedDevice device, Random random) {
    for (ScopeMessage.FromClient message : device.sent.reversed()) {
      if (message instanceof ScopeMessage.Push push && random.nextInt(3) > 0) {
        return ((PushWrite) push.batch().writes().getFirst()).key();
      }
    }
    return new WriteKey("key" + random.nextInt(9));
  }

  private static List<PushOutcome> outcomes(SimulatedDevice device, Random random) {
    List<PushOutcome> outcomes = new ArrayList<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      PushOutcome.Result result =
          switch (random.nextInt(4)) {
            case 0 -> new PushOutcome.Applied(1 + id(random), 1, 1);
            case 1 -> new PushOutcome.Refused("schema", "a lie");
            case 2 -> new PushOutcome.Refused("unavailable", "a lie");
            default ->
                new PushOutcome.Conflict(
                    random.nextBoolean()
                        ? null
                        : record(new EntityId("n0"), SCOPES.getFirst(), random),
                    false);
          };
      outcomes.add(new PushOutcome(key(device, random), random.nextBoolean(), result));
    }
    return outcomes;
  }
}
