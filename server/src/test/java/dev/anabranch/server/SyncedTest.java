package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scope sync through the whole server, over SQLite.
class SyncedTest {

  @TempDir Path data;

  private Served serve() {
    return Served.open(Map.of("server.data", data.toString()), Stores.opener(settings()));
  }

  private dev.anabranch.server.configuration.Configuration settings() {
    return new dev.anabranch.server.configuration.ConfigurationSource()
        .flag("server.data", java.util.Optional.of(data))
        .read();
  }

  @Test
  void whatIsWrittenIsReadThroughEveryRouteAndAfterARestart() {
    try (Served served = serve()) {
      HttpResponse<String> made =
          served.post("/api/message", "{\"scope\":\"org:1\",\"id\":\"m1\",\"content\":\"Hi\"}");
      assertThat(made.statusCode()).isEqualTo(201);
      assertThat(made.body()).contains("\"version\":1", "\"syncId\":1");
      HttpRequest.Builder patch =
          served
              .request("/api/messages/m1")
              .header("Content-Type", "application/json")
              .header("If-Match", "1")
              .method("PATCH", Served.body("{\"scope\":\"org:1\",\"content\":\"Hello\"}"));
      assertThat(served.send(patch).statusCode()).isEqualTo(200);
      assertThat(served.send(patch).statusCode()).isEqualTo(412);
      assertThat(served.get("/sync/bootstrap?scope=org:1").body())
          .contains("\"Message\"", "\"Hello\"", "\"lastSyncId\":2");
      assertThat(served.get("/sync/delta?scope=org:1&lastSyncId=1").body())
          .contains("\"action\":\"update\"", "\"latestSyncId\":2");
      assertThat(served.get("/openapi.json").statusCode()).isEqualTo(200);
      await()
          .untilAsserted(() ->
              assertThat(served.get("/metrics").body())
                  .contains(
                      "anabranch_writes_total{gateway=\"scope\",model=\"Message\",outcome=\"conflict\"}"
                          + " 1.0"));
    }
    try (Served served = serve()) {
      assertThat(served.get("/api/Message/m1?scope=org:1").body()).contains("\"Hello\"");
    }
  }
}
