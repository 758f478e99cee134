package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestWriter;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The retention job at work, over SQLite.
@Timeout(60)
class RetainedTest {

  private static final ScopeName CHAT = new ScopeName("chat:1");

  @TempDir Path data;

  @Test
  void theServerFoldsOldChangesAwayAndTellsOldCursorsToStartOver() throws IOException {
    try (Served served = serve("keep_changes = 4")) {
      for (int index = 0; index < 10; index++) {
        put(served, "chat:1", "n" + index % 3);
        put(served, "org:1", "n" + index % 3);
      }
      while (served.store().head(CHAT).floorSeq() < 6) {
        new CompletableFuture<Boolean>().completeOnTimeout(true, 50, TimeUnit.MILLISECONDS).join();
      }
      HttpResponse<String> old = served.get("/sync/delta?scope=chat:1&lastSyncId=1");
      assertThat(old.statusCode()).isEqualTo(409);
      assertThat(old.body()).contains("cursor_behind_retention");
      assertThat(served.get("/sync/delta?scope=org:1&lastSyncId=0").body()).contains("\"seq\":1,");
      assertThat(served.get("/sync/bootstrap?scope=chat:1").body())
          .contains("\"n0\"", "\"n1\"", "\"n2\"");
      assertThat(new FoldCheck(served.store(), Models.none()).everything()).isEmpty();
      await()
          .untilAsserted(() ->
              assertThat(served.get("/metrics").body())
                  .contains("anabranch_retention_dropped_total 6"));
    }
  }

  @Test
  void theServerFoldsAwayWhatIsOlderThanTheDaysAndKeepsWhatIsYounger() throws IOException {
    try (Store store = Storage.open(StorageConfiguration.folder(data))) {
      TestWriter longAgo = new TestWriter(store, Models.none());
      for (int index = 0; index < 5; index++) {
        EntityKey note = new EntityKey(CHAT, new ModelName("Note"), new EntityId("old" + index));
        JsonObject words = JsonObject.EMPTY.with("at", index);
        longAgo.apply(Write.insert(new WriteKey("k" + index), note, words));
      }
    }
    try (Served served = serve("keep_days = 90")) {
      put(served, "chat:1", "new1");
      put(served, "chat:1", "new2");
      while (served.store().head(CHAT).floorSeq() < 5) {
        new CompletableFuture<Boolean>().completeOnTimeout(true, 50, TimeUnit.MILLISECONDS).join();
      }
      assertThat(served.store().head(CHAT).floorSeq()).isEqualTo(5);
      assertThat(served.get("/sync/delta?scope=chat:1&lastSyncId=4").statusCode()).isEqualTo(409);
      assertThat(served.get("/sync/delta?scope=chat:1&lastSyncId=5").body())
          .contains("\"new1\"", "\"new2\"");
      assertThat(served.get("/sync/bootstrap?scope=chat:1").body())
          .contains("\"old0\"", "\"old4\"", "\"new2\"");
      assertThat(new FoldCheck(served.store(), Models.none()).everything()).isEmpty();
    }
  }

  private Served serve(String keeping) throws IOException {
    Path file =
        Files.writeString(
            data.resolve("a.toml"),
            "[retention]\nevery_seconds = 1\n"
                + "[[retention.rules]]\nscopes = \"chat:*\"\n"
                + keeping
                + "\n");
    Configuration configuration =
        new ConfigurationSource()
            .file(file)
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(data))
            .read();
    return Served.open(configuration, Stores.opener(configuration));
  }

  private static void put(Served served, String scope, String id) {
    String body =
        "{\"scope\":\"" + scope + "\",\"id\":\"" + id + "\",\"at\":" + System.nanoTime() + "}";
    assertThat(served.post("/api/Note", body).statusCode()).isLessThan(300);
  }

  @Test
  void figuresOfTheOperationsPageAreThere() throws IOException {
    try (Served served = Served.open(Map.of())) {
      put(served, "org:1", "n");
      served.get("/sync/bootstrap?scope=org:1");
      served.get("/api/Note/absent?scope=org:1");
      String figures = served.get("/metrics").body();
      assertThat(figures)
          .contains(
              "anabranch_commit_seconds_bucket",
              "anabranch_batch_writes_bucket",
              "anabranch_answer_seconds_bucket",
              "anabranch_queue_writes",
              "anabranch_queue_bytes",
              "anabranch_lane_changes",
              "anabranch_lane_bytes",
              "anabranch_followers_behind",
              "anabranch_quota_principals 0",
              "anabranch_turned_away_total",
              "anabranch_deliveries_total",
              "anabranch_fanout_lag_seconds_bucket",
              "anabranch_dropped_total",
              "anabranch_followers_paused_total",
              "anabranch_store_up 1",
              "anabranch_bugs_total 0",
              "anabranch_connections ",
              "anabranch_links ",
              "anabranch_http_answers_total{status=\"201\"}",
              "anabranch_http_broken_total",
              "anabranch_messages_received_total",
              "anabranch_messages_received_bytes_total",
              "anabranch_frames_sent_bytes_total",
              "anabranch_links_paused_total",
              "anabranch_links_overflowed_total",
              "anabranch_links_pending_bytes ",
              "anabranch_rate_limited_total",
              "anabranch_scope_sessions",
              "anabranch_scope_received_total{kind=",
              "anabranch_scope_refused_total{code=\"absent\"}",
              "anabranch_scope_bootstraps_total 1",
              "anabranch_scope_unchanged_total",
              "anabranch_scope_failures_total 0",
              "jvm_memory_used_bytes");
      String page = Files.readString(Path.of("../docs/operations.md"));
      figures
          .lines()
          .filter(line -> line.startsWith("# TYPE anabranch_"))
          .map(line -> line.split(" ")[2].substring("anabranch_".length()))
          .filter(name -> !name.endsWith("_max"))
          .forEach(name -> assertThat(page).contains("`anabranch_" + name));
    }
  }
}
