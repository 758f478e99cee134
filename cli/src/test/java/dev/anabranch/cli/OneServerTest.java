package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.client.Anabranch;
import dev.anabranch.client.ClientSettings;
import dev.anabranch.client.OpenDocument;
import dev.anabranch.client.Scope;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.session.SessionLimits;
import dev.anabranch.client.signed.SignedClientSettings;
import dev.anabranch.client.signed.SignedEntityClient;
import dev.anabranch.client.signed.SignedOutcome;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One chat, all ways in, one server that is killed: Ana writes on Nostr and from a phone that
/// signs its frames, Cy from another one until his right is taken back, Ben with the client of
/// scope sync, a page over HTTP, two in a document; one reads server-sent events, one a waiting
/// delta. At the end all of them have what the log's fold has.
@Timeout(300)
class OneServerTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String CHAT = "chat:c1";
  private static final int BURST = 8;
  private static final SecretKey ANA = SecretKey.generate(new SplittableRandom(1));
  private static final SecretKey CY = SecretKey.generate(new SplittableRandom(2));

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>();
  private String base = "";

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    http.shutdownNow();
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  private SignedEntityClient signed(String name, SecretKey key) {
    SignedClientSettings usual = SignedClientSettings.of(base, key);
    SignedClientSettings settings =
        new SignedClientSettings(
            usual.server(),
            key,
            usual.serverKey(),
            usual.conflictRule(),
            usual.dialTimeout(),
            50,
            200,
            usual.queueMax(),
            Optional.empty());
    SignedEntityClient client =
        opened(SignedEntityClient.open(settings, folder.resolve(name + ".db")));
    client.connect();
    return client;
  }

  private Anabranch scoped(String name) {
    SessionLimits limits = new SessionLimits(1_000, 500, 256 * 1024, 4, 50, 200, 20_000, 45_000);
    return opened(
        Anabranch.open(ClientSettings.of(base).withLimits(limits), folder.resolve(name + ".db")));
  }

  private NostrClient nostr(SecretKey key) {
    NostrSettings settings =
        NostrSettings.of(base.replaceFirst("^http", "ws")).withKeys(key).withRetries(50, 200);
    return opened(NostrClient.inMemory(settings));
  }

  private static JsonObject text(String name, String value) {
    return JsonObject.EMPTY.with(name, value);
  }

  private static JsonObject sharing(String how) {
    List<Json> keys = List.of(new JsonString(CY.publicKey().hex()));
    return JsonObject.EMPTY.with("sharing", JsonObject.of(how, new JsonArray(keys)));
  }

  private static SignedOutcome outcome(CompletionStage<SignedOutcome> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Event line(String content) {
    long now = System.currentTimeMillis() / 1000;
    return new UnsignedEvent(ANA.publicKey(), now, 9, List.of(Tag.of("h", "c1")), content)
        .sign(ANA);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Content-Type", "application/json")
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private HttpResponse<String> post(String id, String content) {
    String body = "{\"id\":\"" + id + "\",\"content\":\"" + content + "\"}";
    return send(
        request("api/message?scope=" + CHAT)
            .header("Idempotency-Key", "key-" + id)
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> title(String title, long version) {
    return send(
        request("api/chat/c1?scope=" + CHAT)
            .header("If-Match", Long.toString(version))
            .method("PATCH", BodyPublishers.ofString(text("title", title).text())));
  }

  private JsonObject get(String path) {
    return JsonDecoder.stored(send(request(path)).body());
  }

  private long chatVersion() {
    return get("api/chat/c1?scope=" + CHAT).number("version").orElseThrow();
  }

  // What everybody sees, by id.

  private static Map<String, JsonObject> seen(List<EntityView> views) {
    Map<String, JsonObject> seen = new TreeMap<>();
    views.forEach(view -> seen.put(view.id(), view.data()));
    return seen;
  }

  private static Map<String, JsonObject> stored(List<Entity> entities) {
    Map<String, JsonObject> stored = new TreeMap<>();
    entities.forEach(entity -> stored.put(entity.key().id().text(), entity.data()));
    return stored;
  }

  private static Map<String, String> contents(Map<String, JsonObject> messages) {
    Map<String, String> contents = new TreeMap<>();
    messages.forEach((id, data) -> contents.put(id, data.string("content").orElse("")));
    return contents;
  }

  /// The messages as events: Ana's own under their ids, the others by the bridge.
  private static Map<String, String> shown(NostrClient client) throws InterruptedException {
    Map<String, String> shown = new TreeMap<>();
    for (Event event : client.fetch(List.of(Filter.ANY), SOON)) {
      if (event.kind() == 9) {
        String id = event.tag("scope").map(tag -> tag.at(3)).orElse(event.id().hex());
        assertThat(shown.put(id, event.content())).as("shown once: " + id).isNull();
      }
    }
    return shown;
  }

  @Test
  void everybodyHasTheSameAfterTheServerWasKilledUnderTheirWrites() throws Exception {
    KillableServer server = opened(new KillableServer(folder.resolve("server")));
    base = server.url().replaceFirst("^ws", "http");
    Map<String, String> said = new TreeMap<>();

    // Everybody comes.
    SignedEntityClient phone = signed("phone", ANA);
    SignedEntityClient cy = signed("cy", CY);
    NostrClient ana = nostr(ANA);
    Anabranch ben = scoped("ben");
    Scope chat = ben.scope(CHAT);
    outcome(
        phone.syncEntity(
            EntityKind.CHAT, EntityAction.CREATE, "c1", sharing("writers").with("title", "talk")));
    HttpReader live = opened(new HttpReader(HttpReader.Way.LIVE, base, CHAT));
    HttpReader delta = opened(new HttpReader(HttpReader.Way.DELTA, base, CHAT));
    await().atMost(SOON).until(() -> !cy.chats().isEmpty() && chat.get("chat", "c1").isPresent());

    // Each says something in his own way; a retry is answered as the first time.
    Event hello = line("from Nostr");
    Event second = line("to stay");
    ana.publish(hello);
    ana.publish(second);
    assertThat(ana.awaitPublished(SOON)).isTrue();
    said.put(second.id().hex(), "to stay");
    chat.put("Message", "ben-1", text("content", "from Ben"));
    chat.put("Message", "ben-2", text("content", "to be deleted"));
    outcome(cy.syncMessage("c1", EntityAction.CREATE, "cy-1", text("content", "from Cy")));
    HttpResponse<String> first = post("page-1", "from the page");
    HttpResponse<String> again = post("page-1", "from the page");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(ben.awaitQuiet(SOON)).isTrue();
    said.putAll(Map.of("ben-1", "from Ben", "cy-1", "from Cy", "page-1", "from the page"));

    // A race for one version, and one for one field from two devices.
    long version = chatVersion();
    List<CompletableFuture<Integer>> race = new ArrayList<>();
    for (String title : List.of("Trip", "Trek")) {
      race.add(CompletableFuture.supplyAsync(() -> title(title, version).statusCode()));
    }
    assertThat(race.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(200, 412);
    await().atMost(SOON).until(() -> chat.get("chat", "c1").orElseThrow().version() > version);
    var phones = phone.syncEntity(EntityKind.CHAT, EntityAction.UPDATE, "c1", text("title", "P"));
    var bens = chat.patch(chat.get("chat", "c1").orElseThrow(), text("title", "B"));
    SignedOutcome settled = outcome(phones);
    assertThat(settled).isInstanceOfAny(SignedOutcome.Accepted.class, SignedOutcome.GivenUp.class);
    bens.await(SOON);

    // Two in a document.
    OpenDocument minutes = opened(chat.document("minutes"));
    try (YjsEditor editor = new YjsEditor(base, CHAT + "/minutes", 7)) {
      editor.type("typed ");
      await()
          .atMost(SOON)
          .until(() -> minutes.read(it -> it.text("body").text()).contains("typed"));
      minutes.edit(it -> it.text("body").insert(0, "by Ben "));
      await().atMost(SOON).until(() -> editor.text().equals("by Ben typed "));
    }

    // Deletions from both sides.
    ana.publish(
        new UnsignedEvent(
                ANA.publicKey(),
                System.currentTimeMillis() / 1000,
                5,
                List.of(Tag.of("e", hello.id().hex())),
                "")
            .sign(ANA));
    chat.delete("Message", "ben-2");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(contents(live.all("Message"))).isEqualTo(said));

    // Cy's right is taken back.
    outcome(phone.syncEntity(EntityKind.CHAT, EntityAction.UPDATE, "c1", sharing("revoked")));
    await().atMost(SOON).until(() -> cy.chats().isEmpty());
    assertThat(outcome(cy.syncMessage("c1", EntityAction.CREATE, "cy-2", text("content", "no"))))
        .isInstanceOf(SignedOutcome.Refused.class);

    // The server is killed under everybody's writes.
    long before = live.seqs().size();
    CompletableFuture<Void> page = CompletableFuture.runAsync(this::postUntilAnswered);
    for (int number = 0; number < BURST; number++) {
      chat.put("Message", "b" + number, text("content", "Ben's " + number));
      phone.syncMessage(
          "c1", EntityAction.CREATE, "p" + number, text("content", "phone's " + number));
      Event next = line("Ana's " + number);
      ana.publish(next);
      said.put("b" + number, "Ben's " + number);
      said.put("p" + number, "phone's " + number);
      said.put("h" + number, "page's " + number);
      said.put(next.id().hex(), "Ana's " + number);
    }
    minutes.edit(it -> it.text("body").insert(0, "before the end "));
    await().atMost(SOON).until(() -> live.seqs().size() > before + 4);
    server.killAndReturn();

    // Everybody returns.
    page.get(60, TimeUnit.SECONDS);
    assertThat(ben.awaitQuiet(SOON)).isTrue();
    assertThat(phone.settle(SOON)).isTrue();
    assertThat(ana.awaitPublished(SOON)).isTrue();
    try (YjsEditor late = new YjsEditor(base, CHAT + "/minutes", 8)) {
      await()
          .atMost(SOON)
          .untilAsserted(() -> {
            String text = "before the end by Ben typed ";
            assertThat(late.text()).isEqualTo(text);
            assertThat(minutes.read(it -> it.text("body").text()).toString()).isEqualTo(text);
          });
    }
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          Map<String, JsonObject> messages = seen(chat.list("Message"));
          assertThat(contents(messages)).as("Ben").isEqualTo(said);
          assertThat(seen(phone.messages("c1"))).as("the phone").isEqualTo(messages);
          assertThat(live.all("Message")).as("events").isEqualTo(messages);
          assertThat(delta.all("Message")).as("delta").isEqualTo(messages);
          Map<String, JsonObject> itself = seen(chat.list("chat"));
          assertThat(phone.entity(EntityKind.CHAT, "c1").orElseThrow().data())
              .isEqualTo(itself.get("c1"));
          assertThat(live.all("chat")).isEqualTo(itself);
          assertThat(delta.all("chat")).isEqualTo(itself);
        });
    assertThat(shown(ana)).as("Nostr").isEqualTo(said);
    assertThat(shown(nostr(CY))).as("Cy on Nostr").isEmpty();
    assertThat(cy.messages("c1")).as("Cy").isEmpty();
    Map<String, JsonObject> last = seen(chat.list("Message"));
    server.kill();
    try (KilledStore store = new KilledStore(server.data())) {
      store.isSound();
      assertThat(stored(store.living(CHAT, "message"))).isEqualTo(last);
      List<Long> all = LongStream.rangeClosed(1, store.log(CHAT).getLast().seq()).boxed().toList();
      assertThat(live.seqs()).as("events: each once, in order").isEqualTo(all);
      assertThat(delta.seqs()).as("delta: each once, in order").isEqualTo(all);
    }
  }

  /// Each under its key, again and again until it is answered.
  private void postUntilAnswered() {
    for (int number = 0; number < BURST; number++) {
      int of = number;
      await()
          .atMost(SOON)
          .ignoreException(IllegalStateException.class)
          .until(() -> post("h" + of, "page's " + of).statusCode() < 300);
    }
  }
}
