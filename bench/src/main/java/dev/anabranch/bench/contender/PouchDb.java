package dev.anabranch.bench.contender;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// pouchdb-server: CouchDB's protocol on LevelDB.
public final class PouchDb implements Contender {
  @Override
  public String name() {
    return "pouchdb-server";
  }

  @Override
  public PouchDbServer launch(Path folder) {
    int port = Ports.free();
    List<String> command = new ArrayList<>(Node.command("pouchdb.mjs"));
    command.addAll(List.of(Integer.toString(port), folder.toString()));
    return new PouchDbServer(
        ServerProcess.start(new ServerProcess.Plan(name(), command, Map.of(), folder, port)));
  }

  /// A running one.
  public record PouchDbServer(ServerProcess server) implements Running, Snapshots {
    private static final HttpClient HTTP =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final int DOCUMENTS_PER_CALL = 1000;
    private static final int TEXT_BYTES = 200;

    private static String database(String scope) {
      return "/" + scope.replaceAll("\\W", "").toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public void prepare(String scope) {
      send("PUT", database(scope), "");
    }

    @Override
    public Opening reader(String scope) {
      return Opening.stream(
          server.authority(),
          database(scope)
              + "/_changes?feed=continuous&include_docs=true&since=now&heartbeat=30000");
    }

    // The feed says nothing until the first change.
    @Override
    public Duration settling() {
      return Duration.ofSeconds(3);
    }

    @Override
    public Opening writer(String scope) {
      return Opening.plain();
    }

    @Override
    public Exchange exchange() {
      return Exchange.HTTP;
    }

    @Override
    public WriteTemplate writes(String scope, int dataBytes) {
      String body =
          "{\"_id\":\"m" + WriteTemplate.NUMBER + "\"," + Padding.fields(dataBytes - 2) + "}";
      String request =
          "POST "
              + database(scope)
              + " HTTP/1.1\r\nHost: "
              + server.authority()
              + "\r\nContent-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      return WriteTemplate.of(request.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Times snapshots(int rows, int missed) {
      String database = "/snapshots";
      prepare(database);
      fill(database, 0, rows);
      double bootstrap = changesMillis(database, "0", rows);
      String cursor =
          JsonMapper.shared().readTree(send("GET", database, "")).path("update_seq").asString();
      fill(database, rows, rows + missed);
      return new Times(bootstrap, changesMillis(database, cursor, missed));
    }

    private void fill(String database, int from, int to) {
      for (int start = from; start < to; start += DOCUMENTS_PER_CALL) {
        StringBuilder documents = new StringBuilder("{\"docs\":[");
        for (int number = start; number < Math.min(to, start + DOCUMENTS_PER_CALL); number++) {
          documents
              .append(number > start ? "," : "")
              .append("{\"_id\":\"m" + number + "\",\"number\":" + number + ",\"text\":\"")
              .append(Padding.text(TEXT_BYTES))
              .append("\"}");
        }
        send("POST", database + "/_bulk_docs", documents.append("]}").toString());
      }
    }

    private double changesMillis(String database, String since, int expected) {
      long start = System.nanoTime();
      String changes = send("GET", database + "/_changes?include_docs=true&since=" + since, "");
      JsonNode results = JsonMapper.shared().readTree(changes).path("results");
      if (results.size() != expected) {
        throw new BenchFailure(
            "pouchdb-server answered " + results.size() + " of " + expected + " changes");
      }
      return (System.nanoTime() - start) / 1e6;
    }

    private String send(String method, String target, String body) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + server.authority() + target))
              .header("Content-Type", "application/json")
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build();
      try {
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
          throw new BenchFailure("pouchdb-server answered " + response.statusCode());
        }
        return response.body();
      } catch (IOException e) {
        throw new BenchFailure("pouchdb-server broke", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchFailure("interrupted", e);
      }
    }
  }
}
