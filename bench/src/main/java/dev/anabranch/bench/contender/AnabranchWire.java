package dev.anabranch.bench.contender;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.WireSocket;
import dev.anabranch.bench.process.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Scope sync's HTTP and WebSocket calls, one at a time and fully read.
public final class AnabranchWire {
  private static final int WRITES_PER_PUSH = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final ServerProcess server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  AnabranchWire(ServerProcess server) {
    this.server = server;
  }

  /// The frame that subscribes to a scope from a cursor on.
  public static String subscribe(String scope, long lastSyncId) {
    return "{\"type\":\"subscribe\",\"scope\":\"" + scope + "\",\"lastSyncId\":" + lastSyncId + "}";
  }

  /// One write of a push, an insert.
  public static String write(String scope, String key, String fields) {
    return "{\"key\":\""
        + key
        + "\",\"scope\":\""
        + scope
        + "\",\"model\":\""
        + AnabranchServer.MODEL
        + "\",\"id\":\""
        + key
        + "\",\"action\":\"insert\",\"data\":{"
        + fields
        + "}}";
  }

  /// Inserts the entities `from` to `to` (exclusive) and answers the id of the last change.
  public long fill(String scope, int from, int to, int dataBytes) {
    long lastSyncId = 0;
    for (int start = from; start < to; start += WRITES_PER_PUSH) {
      lastSyncId = push(scope, start, Math.min(to, start + WRITES_PER_PUSH), dataBytes);
    }
    return lastSyncId;
  }

  private long push(String scope, int from, int to, int dataBytes) {
    StringBuilder writes = new StringBuilder("{\"atomic\":false,\"writes\":[");
    for (int number = from; number < to; number++) {
      String text = "\"number\":" + number + ",\"text\":\"";
      writes
          .append(number > from ? "," : "")
          .append(
              write(
                  scope,
                  "fill-" + number,
                  text + Padding.text(dataBytes - text.length() - 3) + "\""));
    }
    JsonNode outcomes = JSON.readTree(push(writes.append("]}").toString())).get("outcomes");
    for (JsonNode outcome : outcomes) {
      if (!outcome.path("status").asString("").equals("applied")) {
        throw new BenchFailure("filling was answered " + outcome);
      }
    }
    return outcomes.get(outcomes.size() - 1).path("syncId").asLong();
  }

  /// Posts a push and answers the body of a 200.
  public String push(String body) {
    HttpRequest request =
        request("/sync/push")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return text(request);
  }

  /// The answer to a GET as text; anything but 200 is a failure.
  public String get(String target) {
    return text(request(target).build());
  }

  private String text(HttpRequest request) {
    HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new BenchFailure(
          request.uri().getPath() + " answered " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  private HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create("http://" + server.authority() + target))
        .timeout(PATIENCE);
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new BenchFailure(request.uri().getPath() + " broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  /// A whole scope, read and parsed.
  ///
  /// @param records how many entities it held
  /// @param millis from the request to the last parsed byte
  /// @param etag its entity tag, empty without one
  public record Bootstrap(long records, double millis, String etag) {}

  /// Reads a scope from nothing, parsing as it comes.
  public Bootstrap bootstrap(String scope) {
    long start = System.nanoTime();
    HttpRequest request = request("/sync/bootstrap?scope=" + scope).build();
    HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new BenchFailure("bootstrap answered " + response.statusCode());
    }
    try (InputStream body = response.body();
        JsonParser parser = JSON.createParser(body)) {
      long records = count(parser);
      double millis = (System.nanoTime() - start) / 1e6;
      return new Bootstrap(records, millis, response.headers().firstValue("ETag").orElse(""));
    } catch (IOException e) {
      throw new BenchFailure("bootstrap broke", e);
    }
  }

  // {"models":{"name":[record…]},"lastSyncId":N}: every record has one syncId of its own.
  private static long count(JsonParser parser) {
    long records = 0;
    boolean complete = false;
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token == JsonToken.PROPERTY_NAME) {
        records += parser.currentName().equals("syncId") ? 1 : 0;
        complete |= parser.currentName().equals("lastSyncId");
      }
    }
    if (!complete) {
      throw new BenchFailure("bootstrap without lastSyncId");
    }
    return records;
  }

  /// The status of a bootstrap by a client that holds `etag`.
  public int bootstrapStatus(String scope, String etag) {
    HttpRequest request =
        request("/sync/bootstrap?scope=" + scope).header("If-None-Match", etag).build();
    return send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /// How long a subscriber with the cursor `lastSyncId` takes to parse `missed` events and be live.
  public double catchUpMillis(String scope, long lastSyncId, int missed) {
    long start = System.nanoTime();
    long events = 0;
    try (WireSocket socket = WireSocket.open(server.address(), "/sync")) {
      socket.send(subscribe(scope, lastSyncId));
      JsonNode frame = JSON.readTree(socket.next());
      while (!frame.path("type").asString("").equals("live")) {
        events += frame.path("events").size();
        frame = JSON.readTree(socket.next());
      }
    } catch (IOException e) {
      throw new BenchFailure("catching up broke", e);
    }
    if (events != missed) {
      throw new BenchFailure("caught up with " + events + " of " + missed + " changes");
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /// The same by pages of `GET /sync/delta`.
  public double deltaMillis(String scope, long lastSyncId, int missed) {
    long start = System.nanoTime();
    long events = 0;
    long cursor = lastSyncId;
    boolean more = true;
    while (more) {
      JsonNode page = JSON.readTree(get("/sync/delta?scope=" + scope + "&lastSyncId=" + cursor));
      events += page.path("events").size();
      cursor = page.path("latestSyncId").asLong();
      more = page.path("hasMore").asBoolean(false);
    }
    if (events != missed) {
      throw new BenchFailure("delta pages held " + events + " of " + missed + " changes");
    }
    return (System.nanoTime() - start) / 1e6;
  }

  /// What a metric of `/metrics` says, summed over its labels, if the server has it.
  public Optional<Double> metric(String name) {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .reduce(Double::sum);
  }
}
