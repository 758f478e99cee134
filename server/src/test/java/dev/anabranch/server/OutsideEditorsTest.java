package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.grant.ScopePattern;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationSource;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.testkit.RealInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// y-websocket's and Hocuspocus' own providers against a whole server.
class OutsideEditorsTest {

  private final OutsideEditors editors = OutsideEditors.installed();

  OutsideEditorsTest() throws IOException, InterruptedException {}

  @Test
  void twoEditorsConvergeAlsoAfterOneWasOfflineAndTheScopeSeesTheMerges() throws Exception {
    try (Served served = Served.open()) {
      assertThat(editors.run("converge.mjs", served.uri("/"))).contains("converged");
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
      assertThat(served.get("/metrics").body()).contains("anabranch_document_updates_total");
    }
  }

  @Test
  void cursorsAreSeenByEditorsAndByTheScopeAndGoWithTheSocket() throws Exception {
    try (Served served = Served.open()) {
      assertThat(editors.run("awareness.mjs", served.uri("/"))).contains("seen and gone");
    }
  }

  @Test
  void oneHocuspocusSocketCarriesSeveralDocumentsAndHearsWhatBecameOfEachUpdate() throws Exception {
    try (Served served = Served.open()) {
      assertThat(editors.run("hocuspocus.mjs", served.uri("/"))).contains("one socket");
    }
  }

  @Test
  void aReaderIsToldThatItsUpdateIsRefused() throws Exception {
    try (Served served = Served.open(Map.of("auth.mode", "token"))) {
      String writer =
          served.token("w", new Authority(List.of(ScopePattern.EVERY), Right.ADMIN, true, false));
      String reader = served.token("r", Authority.GRANTED);
      served.post("/api/grant", "{\"scope\":\"org:4\",\"id\":\"r\",\"right\":\"read\"}", writer);
      String said = editors.run("reader.mjs", served.uri("/"), writer, reader);

      assertThat(said).contains("refused, and told");
    }
  }

  @Test
  void aServerKilledWhileSomebodyTypesHasEveryAcknowledgedUpdate(@TempDir Path data)
      throws Exception {
    long acknowledged = 0;
    try (ServingProcess serving = ServingProcess.start(data)) {
      Process typist = editors.begin("typing.mjs", serving.uri());
      try (BufferedReader said =
          new BufferedReader(
              new InputStreamReader(typist.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
          if (line.startsWith("acked ")) {
            acknowledged = Long.parseLong(line.substring("acked ".length()));
            if (acknowledged >= 300 && typist.isAlive()) {
              serving.kill();
              typist.toHandle().destroyForcibly(); // leaves the pipe open: its last words are read
            }
          }
        }
      } finally {
        typist.destroyForcibly();
      }
    }
    assertThat(acknowledged).isGreaterThanOrEqualTo(300);

    Configuration again =
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(data.toString()))
            .read();
    try (Served served = Served.open(again, Stores.opener(again))) {
      String text =
          served
              .send(
                  served
                      .request("/api/document/typed?scope=org:1&root=body:text")
                      .header("Accept", "text/plain"))
              .body();
      assertThat(text).matches("x*").hasSizeGreaterThanOrEqualTo((int) acknowledged);
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  @Test
  void aRecordedConcurrentSessionEndsInItsTextByWayOfTheServer() throws Exception {
    Path trace = RealInput.file("editing-traces/friendsforever.concurrent.json.gz");
    String recorded;
    try (GZIPInputStream gzip = new GZIPInputStream(Files.newInputStream(trace))) {
      String json = new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
      recorded = JsonDecoder.stored(json).string("endContent").orElseThrow();
    }
    try (Served served = Served.open(Map.of("documents.frames_per_second", "0"))) {
      String said = editors.run("trace.mjs", served.uri("/"), trace.toString());
      System.out.println(said);
      HttpRequest.Builder text =
          served
              .request("/api/document/friends?scope=org:5&root=body:text")
              .header("Accept", "text/plain");

      assertThat(served.send(text).body()).isEqualTo(recorded);
      assertThat(new FoldCheck(served.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }
}
