package dev.anabranch.cli.signed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.session.Conflict;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.client.signed.KeyOutcome;
import dev.anabranch.client.signed.SealedFields;
import dev.anabranch.client.signed.SignedClientSettings;
import dev.anabranch.client.signed.SignedEntityClient;
import dev.anabranch.client.signed.SignedOutcome;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The Java client of signed entities against a real server over SQLite.
@Timeout(90)
class SignedEntityClientTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private @Nullable RunningServer server;
  private int port;
  private int copies;

  private static SecretKey key(long seed) {
    return SecretKey.generate(new SplittableRandom(seed));
  }

  private static JsonObject text(String name, String value) {
    return JsonObject.EMPTY.with(name, value);
  }

  private static SignedOutcome outcome(CompletionStage<SignedOutcome> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    stop();
  }

  private void serve() {
    serve(Map.of());
  }

  private void serve(Map<String, Integer> settings) {
    ConfigurationSource source =
        new ConfigurationSource()
            .flag("server.port", Optional.of(port))
            .flag("server.data", Optional.of(folder.resolve("server").toString()));
    settings.forEach((name, value) -> source.flag(name, Optional.of(value)));
    RunningServer running = Server.start(source.read());
    server = running;
    port = running.address().getPort();
  }

  private void stop() {
    RunningServer running = server;
    if (running != null) {
      running.close();
      server = null;
    }
  }

  private SignedClientSettings settings(SecretKey key) {
    SignedClientSettings usual = SignedClientSettings.of("http://127.0.0.1:" + port, key);
    return new SignedClientSettings(
        usual.server(),
        key,
        Optional.empty(),
        usual.conflictRule(),
        usual.dialTimeout(),
        20,
        200,
        usual.queueMax(),
        usual.trusted());
  }

  private SignedEntityClient client(SignedClientSettings settings, String copy) {
    SignedEntityClient client = SignedEntityClient.open(settings, folder.resolve(copy + ".db"));
    open.add(client);
    return client;
  }

  private SignedEntityClient connected(SecretKey key) {
    SignedEntityClient client = client(settings(key), "copy" + copies++);
    client.connect();
    assertThat(client.settle(SOON)).isTrue();
    return client;
  }

  /// How often the server said no with a code.
  private long refusals(String code) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
      String text =
          http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      return text.lines()
          .filter(line -> line.contains("signed_refused_total{") && line.contains(code))
          .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  private static SignedOutcome create(SignedEntityClient client, String chat, JsonObject data) {
    return outcome(client.syncEntity(EntityKind.CHAT, EntityAction.CREATE, chat, data));
  }

  private static CompletionStage<SignedOutcome> update(
      SignedEntityClient client, String chat, JsonObject data) {
    return client.syncEntity(EntityKind.CHAT, EntityAction.UPDATE, chat, data);
  }

  private static void await(java.util.function.BooleanSupplier condition) throws Exception {
    for (int attempt = 0; attempt < 3_000 && !condition.getAsBoolean(); attempt++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private static String field(SignedEntityClient client, String chat, String name) {
    return client.entity(EntityKind.CHAT, chat).flatMap(view -> view.string(name)).orElse("");
  }

  private static KeyOutcome changed(CompletionStage<KeyOutcome> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  @Test
  void linkedKeysShareWhatIsTheirsAndALetGoOneDoesNot() throws Exception {
    serve();
    SignedEntityClient ann = connected(ANN);
    outcome(
        ann.syncEntity(
            EntityKind.SETTINGS, EntityAction.CREATE, "settings", text("theme", "dark")));
    SignedEntityClient bob = connected(BOB);
    assertThat(changed(ann.link(BOB))).isEqualTo(new KeyOutcome.Changed(ANN.publicKey().hex()));
    await(() ->
        bob.entity(EntityKind.SETTINGS, "settings")
            .flatMap(view -> view.string("theme"))
            .filter("dark"::equals)
            .isPresent());
    assertThat(changed(bob.unlink(ANN.publicKey()))).isInstanceOf(KeyOutcome.Refused.class);
    await(() -> ann.settle(SOON));
    assertThat(changed(ann.unlink(BOB.publicKey())))
        .isEqualTo(new KeyOutcome.Changed(BOB.publicKey().hex()));
    await(() -> bob.entity(EntityKind.SETTINGS, "settings").isEmpty());
    await(() -> bob.settle(SOON));
    assertThat(changed(bob.revoke(BOB.publicKey()))).isInstanceOf(KeyOutcome.Changed.class);
    await(() -> bob.state().equals("refused"));
    SignedEntityClient offline = client(settings(ANN), "offline");
    assertThat(changed(offline.link(BOB)))
        .isInstanceOfSatisfying(
            KeyOutcome.Refused.class, no -> assertThat(no.code()).isEqualTo("unavailable"));
  }

  @Test
  void whatIsWrittenOfflineIsShownAtOnceKeptOnDiskAndSentByTheNextClientOfTheFile() {
    serve();
    SignedEntityClient offline = SignedEntityClient.open(settings(ANN), folder.resolve("phone.db"));
    var unused =
        offline.syncEntity(EntityKind.CHAT, EntityAction.CREATE, "c1", text("title", "One"));
    unused = update(offline, "c1", text("title", "Two"));
    unused = offline.syncMessage("c1", EntityAction.CREATE, "m1", text("content", "hi"));
    assertThat(field(offline, "c1", "title")).isEqualTo("Two");
    assertThat(offline.messages("c1")).hasSize(1);
    assertThat(offline.queued()).isEqualTo(3);
    offline.close();

    SignedEntityClient phone = client(settings(ANN), "phone");
    assertThat(phone.queued()).isEqualTo(3);
    phone.connect();
    assertThat(phone.settle(SOON)).isTrue();
    SignedEntityClient laptop = connected(ANN);
    assertThat(field(laptop, "c1", "title")).isEqualTo("Two");
    assertThat(laptop.messages("c1")).hasSize(1);
    assertThat(laptop.chats()).containsExactly("c1");
  }

  @Test
  void aLostServerIsFoundAgainAndWhatWasMissedIsReplayed() throws Exception {
    serve();
    SignedEntityClient phone = connected(ANN);
    SignedEntityClient laptop = connected(ANN);
    create(phone, "c1", text("title", "One"));
    stop();
    await(() -> phone.state().equals("waiting"));
    var written = update(phone, "c1", text("title", "Two"));
    serve();
    assertThat(outcome(written)).isInstanceOf(SignedOutcome.Accepted.class);
    await(() -> field(laptop, "c1", "title").equals("Two"));
    assertThat(phone.queued()).isZero();
  }

  @Test
  void changesOfDifferentFieldsAreMergedWithoutAskingAnybody() throws Exception {
    serve();
    SignedEntityClient phone = connected(ANN);
    create(phone, "c1", text("title", "One").with("colour", "red"));
    SignedEntityClient laptop = client(settings(ANN), "laptop");
    laptop.connect();
    await(() -> field(laptop, "c1", "title").equals("One"));
    laptop.close();
    outcome(update(phone, "c1", text("colour", "blue")));

    SignedEntityClient back = client(settings(ANN), "laptop");
    var merged = update(back, "c1", text("title", "Laptop's"));
    back.connect();
    assertThat(outcome(merged)).isInstanceOf(SignedOutcome.Accepted.class);
    await(() -> field(phone, "c1", "title").equals("Laptop's"));
    assertThat(field(phone, "c1", "colour")).isEqualTo("blue");
    assertThat(field(back, "c1", "colour")).isEqualTo("blue");
  }

  @Test
  void whereBothChangedOneFieldTheApplicationIsAsked() throws Exception {
    serve();
    SignedEntityClient phone = connected(ANN);
    create(phone, "c1", text("title", "One"));
    List<Conflict> asked = new CopyOnWriteArrayList<>();
    ConflictRule rule =
        conflict -> {
          asked.add(conflict);
          return conflict.merge();
        };
    SignedEntityClient laptop = client(settings(ANN), "laptop");
    laptop.connect();
    await(() -> field(laptop, "c1", "title").equals("One"));
    laptop.close();
    outcome(update(phone, "c1", text("title", "Phone's")));

    SignedEntityClient back = client(settings(ANN).withConflictRule(rule), "laptop");
    var written = update(back, "c1", text("title", "Laptop's"));
    back.connect();
    assertThat(outcome(written)).isInstanceOf(SignedOutcome.Accepted.class);
    assertThat(asked)
        .singleElement()
        .satisfies(conflict -> {
          assertThat(conflict.clashes()).containsExactly("title");
          assertThat(conflict.theirs()).isEqualTo(text("title", "Phone's"));
        });
    await(() -> field(phone, "c1", "title").equals("Laptop's"));

    SignedEntityClient stubborn = connected(ANN);
    stubborn.close();
    outcome(update(phone, "c1", text("title", "again the phone's")));
    SignedEntityClient giving = client(settings(ANN), "copy" + (copies - 1));
    var given = update(giving, "c1", text("title", "lost"));
    giving.connect();
    assertThat(outcome(given)).isInstanceOf(SignedOutcome.GivenUp.class);
    assertThat(field(giving, "c1", "title")).isEqualTo("again the phone's");
  }

  @Test
  void aRefusedWriteIsTakenBackHere() {
    serve();
    SignedEntityClient phone = connected(ANN);
    SignedOutcome refused =
        outcome(
            phone.syncEntity(
                EntityKind.SETTINGS,
                EntityAction.CREATE,
                "settings",
                text("subscription_status", "pro")));
    assertThat(refused)
        .isInstanceOfSatisfying(
            SignedOutcome.Refused.class, no -> assertThat(no.code()).isEqualTo("server_owned"));
    assertThat(phone.entity(EntityKind.SETTINGS, "settings")).isEmpty();
  }

  @Test
  void aSharedChatComesToItsReaderAndGoesWhenTheShareIsRevoked() throws Exception {
    serve();
    SignedEntityClient bob = connected(BOB);
    SignedEntityClient ann = connected(ANN);
    create(ann, "c1", text("title", "One").with("sharing", with("readers", BOB)));
    await(() -> field(bob, "c1", "title").equals("One"));
    assertThat(outcome(update(bob, "c1", text("title", "Bob's"))))
        .isInstanceOf(SignedOutcome.Refused.class);
    outcome(update(ann, "c1", text("title", "Two").with("sharing", with("revoked", BOB))));
    await(() -> bob.chats().isEmpty());
    assertThat(bob.entity(EntityKind.CHAT, "c1")).isEmpty();
    assertThat(ann.sharing("c1")).hasSize(2);
  }

  @Test
  void aChatWhoseShareIsRevokedWhileItsReaderIsAwayGoesWhenTheyAreBack() throws Exception {
    serve();
    SignedEntityClient ann = connected(ANN);
    create(ann, "c1", text("title", "One").with("sharing", with("readers", BOB)));
    SignedEntityClient bob = client(settings(BOB), "bob");
    bob.connect();
    await(() -> field(bob, "c1", "title").equals("One"));
    bob.close();
    outcome(update(ann, "c1", text("title", "Two").with("sharing", with("revoked", BOB))));
    SignedEntityClient back = client(settings(BOB), "bob");
    assertThat(back.chats()).containsExactly("c1");
    List<String> told = new CopyOnWriteArrayList<>();
    back.onChange(key -> told.add(key.id().text()));
    back.connect();
    await(() -> back.chats().isEmpty());
    await(() -> told.contains("c1"));
    assertThat(back.entity(EntityKind.CHAT, "c1")).isEmpty();
  }

  private static JsonObject with(String share, SecretKey key) {
    List<Json> keys = List.of(new JsonString(key.publicKey().hex()));
    return JsonObject.of(share, new JsonArray(keys));
  }

  @Test
  void aMessageAsDeepAsHttpTakesItReachesTheOtherMembers() throws Exception {
    serve();
    SignedEntityClient ann = connected(ANN);
    create(ann, "c1", text("title", "One"));
    String deep = "[".repeat(31) + "]".repeat(31);
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/message"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"scope\":\"chat:c1\",\"id\":\"deep\",\"content\":\"x\",\"form\":"
                        + deep
                        + "}"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(201);
    }
    await(() -> ann.message("c1", "deep").isPresent());
    SignedEntityClient fresh = connected(ANN);
    assertThat(fresh.message("c1", "deep")).isPresent();
    assertThat(ann.state()).isEqualTo("open");
  }

  @Test
  void sealedContentIsVersionedByTheServerAndReadOnlyByItsReaders() throws Exception {
    serve();
    SignedEntityClient ann = connected(ANN);
    SignedEntityClient bob = connected(BOB);
    SplittableRandom random = new SplittableRandom(5);
    JsonObject secret = text("content", "only for the two of us");
    create(ann, "c1", text("title", "One").with("sharing", with("readers", BOB)));
    outcome(
        ann.syncMessage(
            "c1",
            EntityAction.CREATE,
            "m1",
            SealedFields.seal(secret, ANN, Set.of(BOB.publicKey()), random)));
    await(() -> ann.sharing("c1").size() == 2);
    outcome(ann.syncMessage("c1", EntityAction.CREATE, "m2", ann.seal("c1", secret)));
    await(() -> bob.message("c1", "m2").isPresent());
    assertThat(bob.unseal(bob.message("c1", "m2").orElseThrow().data()))
        .contains(new SealedFields.Opened(secret, ANN.publicKey(), true));
    await(() -> bob.message("c1", "m1").isPresent());
    EntityView kept = bob.message("c1", "m1").orElseThrow();
    assertThat(kept.version()).isEqualTo(1);
    assertThat(kept.data().text()).doesNotContain("only for");
    assertThat(SealedFields.open(kept.data(), BOB)).contains(secret);
    assertThat(SealedFields.open(kept.data(), key(3))).isEmpty();
  }

  @Test
  void aServerWithAnotherKeyThanTheExpectedIsNotSpokenTo() throws Exception {
    serve();
    SignedEntityClient phone = client(settings(ANN).withServerKey(key(9).publicKey()), "wary");
    var written =
        phone.syncEntity(EntityKind.CHAT, EntityAction.CREATE, "c1", text("title", "secret"));
    phone.connect();
    await(() -> phone.state().equals("refused"));
    assertThat(written.toCompletableFuture()).isNotDone();
    assertThat(phone.queued()).isEqualTo(1);
  }

  @Test
  void whatIsTooMuchAtOnceIsTriedAgainWhenTheServerSaysAndNotBefore() throws Exception {
    serve(Map.of("signed.payloads_per_second", 2, "signed.payloads_burst", 1));
    SignedEntityClient ann = connected(ANN);
    List<CompletionStage<SignedOutcome>> written = new ArrayList<>();
    for (String chat : List.of("one", "two", "three", "four")) {
      written.add(
          ann.syncEntity(EntityKind.CHAT, EntityAction.CREATE, chat, text("title", "Too much")));
    }
    for (CompletionStage<SignedOutcome> each : written) {
      assertThat(outcome(each)).isInstanceOf(SignedOutcome.Accepted.class);
    }
    assertThat(refusals("rate_limited")).isBetween(1L, 40L);
  }

  @Test
  void manyDevicesOfOneKeyWriteAtOnceAndEndEqual() throws Exception {
    serve();
    List<SignedEntityClient> devices = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      devices.add(connected(ANN));
    }
    create(devices.getFirst(), "c1", text("title", "One"));
    for (SignedEntityClient device : devices) {
      await(() -> field(device, "c1", "title").equals("One"));
    }
    List<CompletionStage<SignedOutcome>> written = new ArrayList<>();
    for (int round = 0; round < 10; round++) {
      for (int number = 0; number < devices.size(); number++) {
        written.add(update(devices.get(number), "c1", text("field" + number, "r" + round)));
        written.add(
            devices
                .get(number)
                .syncMessage(
                    "c1", EntityAction.CREATE, number + "-" + round, text("content", "x")));
      }
    }
    for (CompletionStage<SignedOutcome> each : written) {
      assertThat(outcome(each)).isInstanceOf(SignedOutcome.Accepted.class);
    }
    for (SignedEntityClient device : devices) {
      await(() -> device.messages("c1").size() == 40);
      for (int number = 0; number < devices.size(); number++) {
        String name = "field" + number;
        await(() -> field(device, "c1", name).equals("r9"));
      }
    }
  }

  @Test
  void aDeviceWithMoreChatsThanTheServerFollowsHasItsSettingsAndSaysThatItIsPartial()
      throws Exception {
    serve(Map.of("signed.subscriptions_max", 3));
    SignedEntityClient phone = client(settings(ANN), "phone");
    phone.connect();
    for (int chat = 1; chat <= 5; chat++) {
      create(phone, "c" + chat, text("title", "One"));
    }
    outcome(
        phone.syncEntity(
            EntityKind.SETTINGS, EntityAction.CREATE, "settings", text("theme", "dark")));
    await(() -> phone.state().equals("partial")); // a chat was founded beyond the room
    SignedEntityClient laptop = client(settings(ANN), "laptop");
    laptop.connect();
    await(() -> laptop.chats().size() == 2 && laptop.state().equals("partial"));
    await(() -> laptop.entity(EntityKind.SETTINGS, "settings").isPresent());
    assertThat(laptop.settle(Duration.ofMillis(100))).isFalse();
    assertThat(refusals("too_many_subscriptions")).isPositive();
  }
}
