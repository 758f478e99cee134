package dev.anabranch.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a user starts, `./anabranch` with the packaged jar and its libraries, from the first
/// command to the last.
@Timeout(900)
class ProgramIT {

  @TempDir private Path folder;

  private Packaged program;

  @BeforeEach
  void packageIsThere() throws Exception {
    program = Packaged.in(folder);
  }

  @AfterEach
  void takeItAway() throws Exception {
    program.close();
  }

  private static int status(String url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
      return answer.statusCode();
    }
  }

  @Test
  void servesUntilItIsToldToEnd() throws Exception {
    try (Packaged.Serving server = program.serve()) {
      assertThat(status(server.url() + "/readyz")).isEqualTo(200);
      assertThat(program.typed("./anabranch put org:demo Note n1 title='two words' done:=false"))
          .contains("\"title\":\"two words\",\"done\":false", "\"version\":1");
      assertThat(program.typed("./anabranch get org:demo Note n1")).contains("two words");
      assertThat(program.typed("./anabranch status --json"))
          .contains("\"version\":\"" + version() + "\"");
      assertThat(server.stop()).isZero();
    }
    assertThat(program.typed("./anabranch check")).contains("sound", "1 changes in 1 scopes");
  }

  /// One truth for `--version`, which reads the manifest, and for what the server says of itself.
  private String version() throws Exception {
    String said = program.typed("./anabranch --version").strip();
    assertThat(said).matches("anabranch [0-9].*");
    return said.substring("anabranch ".length());
  }

  @Test
  void theSimulationIsPackagedToo() throws Exception {
    assertThat(program.typed("./anabranch bench simulate --seeds 1")).isNotEmpty();
  }

  /// Standard input and output are files in normal use; the bar is for whoever looks at standard
  /// error.
  @Test
  void aBarIsDrawnWhereStandardErrorIsATerminal() throws Exception {
    try (Packaged.Serving server = program.serve()) {
      program.typed("./anabranch put org:demo Note n1 done:=false");
      assertThat(server.stop()).isZero();
    }
    assertThat(shown("./anabranch export >log.ndjson"))
        .contains("export", "100%", "1/1")
        .doesNotContain("\"format\"");
    assertThat(Files.readString(folder.resolve("log.ndjson"))).contains("\"end\":1");
    assertThat(shown("./anabranch import --data other <log.ndjson")).contains("import", "1/1");
    assertThat(shown("./anabranch import --data third <log.ndjson 2>remarks"))
        .doesNotContain("100%")
        .contains("1 changes were imported");
    assertThat(Files.readString(folder.resolve("remarks"))).isEmpty();
  }

  private String shown(String line) throws Exception {
    Map<String, String> environment = new HashMap<>(program.environment());
    return Terminal.typed(folder, environment, folder, line);
  }
}
