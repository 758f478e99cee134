package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tour of the README, typed as it stands there.
///
/// Blocks that open with `sh tour` run beside a server, blocks that open with `sh tour stopped`
/// after it has ended. What differs from the reader's terminal: the port, and a demo that waits for
/// nobody.
class ReadmeTest {

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

  /// Puts a command of the launcher's name where the tour expects one.
  private void makeLauncher() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path launcher = folder.resolve("anabranch");
    Files.writeString(
        launcher,
        """
        #!/bin/sh
        exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
          -cp '%s' %s "$@"
        """
            .formatted(java, System.getProperty("java.class.path"), Anabranch.class.getName()));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
  }

  private Process started(Path output, String... command) throws IOException {
    return new ProcessBuilder(List.of(command))
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /// Types the commands one after the other; the first that fails ends it.
  private String typed(String commands) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process shell = started(output, "bash", "-e", "-c", commands);
    try {
      assertThat(shell.waitFor(120, TimeUnit.SECONDS)).as("the tour comes to its end").isTrue();
      String said = Files.readString(output);
      assertThat(shell.exitValue()).as(said).isZero();
      return said;
    } finally {
      shell.destroyForcibly();
    }
  }

  private String address(Process serve) throws IOException, InterruptedException {
    Path file = folder.resolve("anabranch-data").resolve("address");
    for (int attempt = 0; attempt < 600 && serve.isAlive(); attempt++) {
      if (Files.exists(file) && Files.readString(file).endsWith("\n")) {
        return Files.readString(file).strip();
      }
      serve.waitFor(100, TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("no address: " + Files.readString(folder.resolve("served")));
  }

  @Test
  void theTourDoesWhatTheReadmeSays() throws Exception {
    makeLauncher();
    Process serve = started(folder.resolve("served"), "./anabranch", "serve", "--port", "0");
    try {
      String tour = blocks("sh tour").replace(READERS_ADDRESS, address(serve));
      assertThat(tour).contains("put", "If-Match", "/sync/bootstrap", "/sync/delta", "tail");
      assertThat(typed(tour))
          .contains("\"title\":\"Hello\",\"done\":false", "\"version\":2", "\"done\":true")
          .contains("\"code\":\"conflict\"", "\"current\":{\"id\":\"n1\"")
          .contains("\"lastSyncId\":2}", "\"latestSyncId\":2,\"hasMore\":false");
    } finally {
      serve.destroy();
    }
    assertThat(serve.waitFor(60, TimeUnit.SECONDS)).as("the server ends").isTrue();
    assertThat(serve.exitValue()).isZero();
    String after = blocks("sh tour stopped");
    assertThat(after).contains("demo", "check");
    assertThat(typed(after.replace("anabranch demo", "anabranch demo --fast"))).contains("sound");
  }
}
