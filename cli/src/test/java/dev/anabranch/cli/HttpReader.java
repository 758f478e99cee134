package dev.anabranch.cli;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Somebody who follows a scope over HTTP, folds what comes, and goes on from the cursor when the
/// line breaks.
final class HttpReader implements AutoCloseable {

  /// How it follows.
  enum Way {
    /// Server-sent events.
    LIVE,
    /// A delta that waits for the next change.
    DELTA
  }

  private static final long PAUSE_NANOS = 50_000_000;

  private final String base;
  private final String scope;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Long> seqs = new CopyOnWriteArrayList<>();
  private final Map<String, JsonObject> entities = new ConcurrentSkipListMap<>();
  private volatile long cursor;
  private volatile boolean over;

  HttpReader(Way way, String base, String scope) {
    this.base = base;
    this.scope = scope;
    Thread.ofVirtual().start(() -> follow(way));
  }

  private void follow(Way way) {
    while (!over) {
      try {
        if (way == Way.LIVE) {
          live();
        } else {
          delta();
        }
      } catch (IOException | RuntimeException broken) {
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (InterruptedException closed) {
        return;
      }
    }
  }

  private HttpRequest request(String path, String more) {
    String uri = base + "sync/" + path + "?scope=" + scope + "&lastSyncId=" + cursor + more;
    return HttpRequest.newBuilder(URI.create(uri)).build();
  }

  private void live() throws IOException, InterruptedException {
    HttpResponse<Stream<String>> answer = http.send(request("live", ""), BodyHandlers.ofLines());
    try (Stream<String> lines = answer.body()) {
      String event = "";
      for (Iterator<String> each = lines.iterator(); !over && each.hasNext(); ) {
        String line = each.next();
        if (line.startsWith("event:")) {
          event = line.substring(6).strip();
        } else if (line.startsWith("data:") && event.equals("sync")) {
          take(JsonDecoder.stored(line.substring(5).strip()));
        }
      }
    }
  }

  private void delta() throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request("delta", "&wait=5"), BodyHandlers.ofString());
    if (JsonDecoder.stored(answer.body()).get("events") instanceof JsonArray(List<Json> events)) {
      events.forEach(event -> take((JsonObject) event));
    }
  }

  private void take(JsonObject event) {
    String model = event.string("model").orElseThrow();
    String key = model + "/" + event.string("model_id").orElseThrow();
    JsonObject data = event.get("data") instanceof JsonObject fields ? fields : JsonObject.EMPTY;
    switch (event.string("action").orElseThrow()) {
      case "insert" -> entities.put(key, data.withoutNulls());
      case "update" -> entities.merge(key, data, JsonObject::patchedBy);
      case "delete" -> entities.remove(key);
      default -> {} // a document's bytes
    }
    seqs.add(event.number("seq").orElseThrow());
    cursor = event.number("id").orElseThrow();
  }

  /// The seqs that came, as they came.
  List<Long> seqs() {
    return new ArrayList<>(seqs);
  }

  /// The fields of a model's entities, by id.
  Map<String, JsonObject> all(String model) {
    Map<String, JsonObject> all = new TreeMap<>();
    String opening = model + "/";
    entities.forEach((key, data) -> {
      if (key.startsWith(opening)) {
        all.put(key.substring(opening.length()), data);
      }
    });
    return all;
  }

  @Override
  public void close() {
    over = true;
    http.shutdownNow();
  }
}
