package dev.anabranch.cli.nostr;

import static dev.anabranch.cli.nostr.Events.event;
import static dev.anabranch.cli.nostr.Events.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.cli.KillableServer;
import dev.anabranch.cli.Shell;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The bridge while its server is killed: chats, messages, settings and training data come in as
/// events and over HTTP, and both shapes say the same afterwards (decision 0082).
@Timeout(300)
class KilledBridgeTest {

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int KILLS = 3;
  private static final SecretKey ANN = key(51);

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicInteger written = new AtomicInteger();
  private final Map<String, String> said = new ConcurrentHashMap<>();
  private final List<Event> published = new ArrayList<>();

  private static String base(KillableServer relay) {
    return relay.url().replaceFirst("^ws", "http");
  }

  /// Writes until it is over: each write again and again under its key until it is answered.
  private void writeOverHttp(String base) {
    for (int number = 0; !isOver.get(); number++) {
      String content = "http " + number;
      switch (number % 4) {
        case 0 -> send(base, "PATCH", "chat/c1", "chat:c1", "{\"topic\":\"" + content + "\"}");
        case 1 -> {
          String id = "h" + number;
          send(base, "POST", "message", "chat:c1", message(id, content));
          said.put(id, content);
        }
        case 2 -> {
          String id = "h" + (number - 1);
          send(base, "PATCH", "message/" + id, "chat:c1", "{\"content\":\"" + content + "\"}");
          said.put(id, content);
        }
        default -> {
          String settings = "{\"feature_flags\":{\"n\":" + number + "}}";
          send(base, "PATCH", "settings/settings", own(), settings);
        }
      }
      written.incrementAndGet();
    }
  }

  private static String own() {
    return "user:" + ANN.publicKey();
  }

  private static String message(String id, String content) {
    return "{\"id\":\"" + id + "\",\"content\":\"" + content + "\"}";
  }

  private void send(String base, String method, String path, String scope, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + "api/" + path + "?scope=" + scope))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "k" + written.get())
            .timeout(Duration.ofSeconds(10))
            .method(method, BodyPublishers.ofString(body))
            .build();
    while (true) {
      try {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() < 300) {
          return;
        }
        if (answer.statusCode() != 503) {
          throw new AssertionError(answer.statusCode() + ": " + answer.body());
        }
      } catch (IOException killed) {
        pause();
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  /// Publishes until it is over; the client's outbox sends again what was not answered.
  private void publish(NostrClient client, long now) {
    for (int number = 0; !isOver.get(); number++) {
      String content = "nostr " + number;
      Event next =
          switch (number % 4) {
            case 0 ->
                event(
                    ANN,
                    30_001,
                    now + number,
                    "{\"messages\":["
                        + message("n" + number, content)
                        + "],\"metadata\":{\"title\":\""
                        + content
                        + "\"}}",
                    Tag.of("d", "c1"));
            case 1 -> event(ANN, 9, now + number, content, Tag.of("h", "c1"));
            case 2 ->
                event(
                    ANN, 10_001, now + number, "{\"preferences\":{\"theme\":\"" + content + "\"}}");
            default ->
                event(
                    ANN, 1, now + number, content, Tag.of("t", "training"), Tag.of("quality", "5"));
          };
      published.add(next);
      client.publish(next);
      while (client.queued() > 50 && !isOver.get()) {
        pause();
      }
    }
  }

  private JsonObject get(String base, String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(base + path)).timeout(LONG).build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
    return JsonDecoder.stored(answer.body());
  }

  private Map<String, JsonObject> records(String base, String scope, String model)
      throws IOException, InterruptedException {
    Map<String, JsonObject> records = new HashMap<>();
    JsonObject models =
        Objects.requireNonNull(
            (JsonObject) get(base, "sync/bootstrap?scope=" + scope).get("models"));
    if (models.get(model) instanceof JsonArray(List<Json> all)) {
      all.forEach(each -> {
        JsonObject entity = (JsonObject) each;
        records.put(entity.string("id").orElseThrow(), entity);
      });
    }
    return records;
  }

  private static JsonObject of(Map<String, JsonObject> records, String name) {
    return Objects.requireNonNull(records.get(name), () -> "there is no " + name);
  }

  @Test
  void bothShapesSayTheSameAfterThreeKillsUnderWritesFromBothSides() throws Exception {
    Path data = folder.resolve("relay").resolve("data");
    try (KillableServer relay = new KillableServer(folder.resolve("relay"))) {
      String base = base(relay);
      long now = System.currentTimeMillis() / 1000 - 100_000;
      NostrSettings settings = NostrSettings.of(relay.url()).withKeys(ANN).withRetries(50, 200);
      try (NostrClient client = NostrClient.open(settings, folder.resolve("outbox.db"))) {
        client.publish(
            event(ANN, 30_001, now - 1, "{\"metadata\":{\"title\":\"\"}}", Tag.of("d", "c1")));
        client.publish(event(ANN, 10_001, now - 1, "{\"preferences\":{\"theme\":\"\"}}"));
        assertThat(client.awaitPublished(LONG)).isTrue();
        FutureTask<Boolean> overHttp = new FutureTask<>(() -> writeOverHttp(base), true);
        FutureTask<Boolean> asEvents = new FutureTask<>(() -> publish(client, now), true);
        Thread.ofVirtual().start(overHttp);
        Thread.ofVirtual().start(asEvents);
        for (int kill = 1; kill <= KILLS; kill++) {
          int before = written.get();
          Events.await(
              "some is written",
              () -> written.get() > before + 40 || overHttp.isDone() || asEvents.isDone());
          relay.killAndReturn();
        }
        int before = written.get();
        Events.await(
            "some is written at last",
            () -> written.get() > before + 20 || overHttp.isDone() || asEvents.isDone());
        isOver.set(true);
        overHttp.get(); // throws what they threw
        asEvents.get();
        assertThat(client.awaitPublished(LONG)).isTrue();
        send(base, "PATCH", "chat/c1", "chat:c1", "{\"topic\":\"at last\"}");
        written.incrementAndGet();
        send(base, "PATCH", "settings/settings", own(), "{\"feature_flags\":{\"n\":-1}}");
        compare(base, client);
      }
    }
    Shell.Result check = new Shell().run("check", "--data", data.toString());
    assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
  }

  private void compare(String base, NostrClient client) throws Exception {
    List<Event> events = client.fetch(List.of(Filter.ANY), LONG);
    Map<String, JsonObject> messages = records(base, "chat:c1", "Message");
    Map<String, JsonObject> trainings = records(base, own(), "training_data");
    Map<String, JsonObject> entities = new HashMap<>();
    messages.forEach((id, record) -> entities.put("Message/" + id, record));
    records(base, "chat:c1", "chat").forEach((id, it) -> entities.put("chat/" + id, it));
    records(base, own(), "settings").forEach((id, it) -> entities.put("settings/" + id, it));
    said.forEach(
        (id, content) -> assertThat(of(messages, id).string("content")).as(id).contains(content));
    for (Event event : published) {
      if (event.kind() == 9) {
        assertThat(of(messages, event.id().hex()).string("content")).contains(event.content());
      } else if (event.kind() == 1) {
        assertThat(of(trainings, event.id().hex()).string("content")).contains(event.content());
      }
    }
    Set<String> shown = new HashSet<>();
    for (Event event : events) {
      if (event.tag("proxy").isPresent()) {
        Tag scope = event.tag("scope").orElseThrow();
        String name = scope.at(2) + "/" + scope.at(3);
        assertThat(shown.add(name)).as("shown once: " + name).isTrue();
        shows(event, of(entities, name), name);
      }
    }
    Set<String> lines = new HashSet<>();
    events.stream().filter(event -> event.kind() == 9).forEach(it -> lines.add(it.id().hex()));
    messages
        .keySet()
        .forEach(id ->
            assertThat(lines.contains(id) || shown.contains("Message/" + id)).as(id).isTrue());
    assertThat(shown).contains("chat/c1", "settings/settings");
    assertThat(published).hasSizeGreaterThan(KILLS * 20);
    assertThat(said).hasSizeGreaterThan(KILLS * 8);
  }

  /// An entity's event is of its version, and says what it says. An event of a chat's or a person's
  /// own that came last is not shown again: the last word was another way's.
  private static void shows(Event event, JsonObject record, String name) {
    long version = Long.parseLong(event.tag("version").orElseThrow().value());
    assertThat(version).as(name).isEqualTo(record.number("version").orElseThrow());
    if (name.startsWith("Message/")) {
      assertThat(event.content()).as(name).isEqualTo(record.string("content").orElseThrow());
      return;
    }
    JsonObject content = JsonDecoder.stored(event.content());
    JsonObject fields = content.get("metadata") instanceof JsonObject metadata ? metadata : content;
    assertThat(fields.fields()).as(name).isNotEmpty();
    fields
        .fields()
        .forEach((field, value) ->
            assertThat(record.get(field)).as(name + " " + field).isEqualTo(value));
  }
}
