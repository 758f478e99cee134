package dev.anabranch.cli.signed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.cli.KillableServer;
import dev.anabranch.cli.KilledStore;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.signed.SignedClientSettings;
import dev.anabranch.client.signed.SignedEntityClient;
import dev.anabranch.client.signed.SignedOutcome;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.testkit.BreakableLine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Signed frames under fire: three devices write one chat over lines that are torn in the middle of
/// a frame, lose what the server answers and are slow, while the server is killed twice.
@Timeout(300)
class SignedChaosTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int ROUNDS = 12;
  private static final int WAITING_MAX = 9;
  private static final String CHAT = "c1";
  private static final SecretKey ANN = SecretKey.generate(new SplittableRandom(1));
  private static final SecretKey BOB = SecretKey.generate(new SplittableRandom(2));

  @TempDir Path folder;

  private final Random random = new Random(4_711);
  private final List<Device> devices = new ArrayList<>();
  private final List<CompletionStage<SignedOutcome>> written = new ArrayList<>();
  private final Map<String, String> messages = new TreeMap<>();

  /// A client behind a line of its own.
  private record Device(String name, BreakableLine line, SignedEntityClient client) {

    /// Waits until the server has said something in vain, then tears the line: what was written is
    /// in its log or on its way, and must be asked again under the same keys.
    void loseAnAnswer(CompletionStage<SignedOutcome> written) {
      long before = line.bytesLost();
      line.loseAnswers();
      await()
          .atMost(SOON)
          .until(() -> line.bytesLost() > before || written.toCompletableFuture().isDone());
      line.tear();
    }
  }

  @AfterEach
  void close() throws Exception {
    for (Device device : devices) {
      device.client.close();
      device.line.close();
    }
  }

  private Device device(String name, SecretKey key, KillableServer server) {
    BreakableLine line = new BreakableLine(server.port());
    SignedClientSettings usual = SignedClientSettings.of(line.url(), key);
    SignedClientSettings settings =
        new SignedClientSettings(
            usual.server(),
            key,
            Optional.empty(),
            usual.conflictRule(),
            usual.dialTimeout(),
            20,
            200,
            usual.queueMax(),
            Optional.empty());
    SignedEntityClient client = SignedEntityClient.open(settings, folder.resolve(name + ".db"));
    Device device = new Device(name, line, client);
    devices.add(device);
    client.connect();
    return device;
  }

  private static SignedOutcome outcome(CompletionStage<SignedOutcome> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static JsonObject sharedWith(SecretKey key) {
    List<Json> keys = List.of(new JsonString(key.publicKey().hex()));
    return JsonObject.EMPTY.with("writers", new JsonArray(keys));
  }

  private CompletionStage<SignedOutcome> say(
      Device device, EntityAction action, String id, String content) {
    CompletionStage<SignedOutcome> stage =
        device.client.syncMessage(
            CHAT,
            action,
            id,
            action == EntityAction.DELETE
                ? JsonObject.EMPTY
                : JsonObject.EMPTY.with("content", content));
    written.add(stage);
    return stage;
  }

  /// One message each, which is edited and now and then deleted by its writer, and a field of the
  /// chat that nobody else writes.
  private CompletionStage<SignedOutcome> write(Device device, int round) {
    String id = device.name + "-" + round;
    var last = say(device, EntityAction.CREATE, id, "first");
    messages.put(id, "first");
    if (round % 3 == 1) {
      last = say(device, EntityAction.UPDATE, id, "second");
      messages.put(id, "second");
    }
    if (round % 6 == 1) {
      last = say(device, EntityAction.DELETE, id, "");
      messages.remove(id);
    }
    written.add(
        device.client.syncEntity(
            EntityKind.CHAT,
            EntityAction.UPDATE,
            CHAT,
            JsonObject.EMPTY.with("by-" + device.name, round)));
    return last;
  }

  private void trouble(Device device, CompletionStage<SignedOutcome> last) {
    switch (random.nextInt(5)) {
      case 0 -> device.line.tear();
      case 1, 2 -> device.line.tearAfterBytes(1 + random.nextInt(1_500));
      case 3 -> device.loseAnAnswer(last);
      default -> device.line.delay(random.nextInt(15));
    }
  }

  private boolean isNearlyDone() {
    return devices.stream().mapToInt(device -> device.client.queued()).sum() <= WAITING_MAX;
  }

  /// What a copy holds of an entity; its times are left out, for an own write has none yet.
  private record Held(String id, JsonObject data, long version, long syncId, int pending) {
    static Held of(EntityView view) {
      return new Held(view.id(), view.data(), view.version(), view.syncId(), view.pending());
    }

    String content() {
      return data.string("content").orElse("");
    }
  }

  private List<Held> copy(Device device) {
    List<EntityView> views = new ArrayList<>(device.client.messages(CHAT));
    device.client.entity(EntityKind.CHAT, CHAT).ifPresent(views::add);
    return views.stream().map(Held::of).toList();
  }

  private void comeToRest() {
    for (Device device : devices) {
      device.line.delay(0);
      device.line.tear();
    }
    for (CompletionStage<SignedOutcome> each : written) {
      assertThat(outcome(each)).isInstanceOf(SignedOutcome.Accepted.class);
    }
    devices.forEach(device -> assertThat(device.client.settle(SOON)).as(device.name).isTrue());
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          List<Held> first = copy(devices.getFirst());
          assertThat(contents(first)).isEqualTo(messages);
          devices.forEach(device -> assertThat(copy(device)).as(device.name).isEqualTo(first));
        });
  }

  private static Map<String, String> contents(List<Held> copy) {
    return copy.stream()
        .filter(held -> !held.id().equals(CHAT))
        .collect(Collectors.toMap(Held::id, Held::content));
  }

  @Test
  void whatIsSignedIsAppliedOnceAndAllCopiesAreEqualWhateverBreaks() throws Exception {
    try (KillableServer server = new KillableServer(folder.resolve("server"))) {
      Device phone = device("phone", ANN, server);
      device("laptop", ANN, server);
      device("bob", BOB, server);
      outcome(
          phone.client.syncEntity(
              EntityKind.CHAT,
              EntityAction.CREATE,
              CHAT,
              JsonObject.EMPTY.with("title", "talk").with("sharing", sharedWith(BOB))));
      for (Device device : devices) {
        await().atMost(SOON).until(() -> device.client.entity(EntityKind.CHAT, CHAT).isPresent());
      }
      for (int round = 1; round <= ROUNDS; round++) {
        for (Device device : devices) {
          var last = write(device, round);
          if (random.nextBoolean()) {
            trouble(device, last);
          }
        }
        if (round % (ROUNDS / 3) == 0 && round < ROUNDS) {
          server.killAndReturn();
        }
        await().atMost(SOON).until(this::isNearlyDone);
      }
      comeToRest();
      server.kill();
      compare(server);
    }
  }

  private void compare(KillableServer server) {
    try (KilledStore store = new KilledStore(server.data())) {
      store.isSound();
      List<Change> log = store.log("chat:" + CHAT);
      assertThat(log.stream().filter(change -> change.entity().id().text().contains("-")))
          .as("messages that were made, once each")
          .filteredOn(change -> change.action() == Action.INSERT)
          .hasSize(devices.size() * ROUNDS);
      assertThat(store.living("chat:" + CHAT, "message"))
          .extracting(entity -> entity.key().id().text(), SignedChaosTest::content)
          .containsExactlyInAnyOrderElementsOf(
              messages.entrySet().stream()
                  .map(each -> org.assertj.core.groups.Tuple.tuple(each.getKey(), each.getValue()))
                  .toList());
      Entity chat = store.living("chat:" + CHAT, "chat").getFirst();
      devices.forEach(
          device -> assertThat(chat.data().number("by-" + device.name)).hasValue(ROUNDS));
    }
  }

  private static String content(Entity entity) {
    return entity.data().string("content").orElse("");
  }
}
