package dev.anabranch.cli.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The tour of the README, typed as it stands there, with the launcher and the packaged program.
///
/// Blocks that open with `sh tour` run beside a server, blocks that open with `sh tour stopped`
/// after it has ended. What differs from the reader's terminal: the port, and a demo that waits for
/// nobody.
@Timeout(900)
class ReadmeIT {

  private static final String READERS_ADDRESS = "http://127.0.0.1:8080";

  @TempDir private Path folder;

  private static String blocks(String opening) throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    return Pattern.compile("^```" + opening + "\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL)
        .matcher(readme)
        .results()
        .map(block -> block.group(1))
        .collect(Collectors.joining());
  }

  @Test
  void theTourDoesWhatTheReadmeSays() throws Exception {
    assumeTrue(Packaged.isThere("curl"), "skipped: curl is not installed");
    try (Packaged program = Packaged.in(folder)) {
      isTyped(program);
    }
  }

  private static void isTyped(Packaged program) throws Exception {
    try (Packaged.Serving server = program.serve()) {
      String tour = blocks("sh tour").replace(READERS_ADDRESS, server.url());
      assertThat(tour).contains("put", "If-Match", "/sync/bootstrap", "/sync/delta", "tail");
      assertThat(program.typed(tour))
          .contains("\"title\":\"Hello\",\"done\":false", "\"version\":2", "\"done\":true")
          .contains("\"code\":\"conflict\"", "\"current\":{\"id\":\"n1\"")
          .contains("\"lastSyncId\":2}", "\"latestSyncId\":2,\"hasMore\":false")
          .contains("\"action\":\"update\"")
          .doesNotContain("Mine");
      assertThat(server.stop()).isZero();
    }
    String after = blocks("sh tour stopped");
    assertThat(after).contains("demo", "check");
    assertThat(program.typed(after.replace("anabranch demo", "anabranch demo --fast")))
        .contains("sound", "Both hold the same");
  }
}
