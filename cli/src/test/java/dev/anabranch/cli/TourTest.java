package dev.anabranch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.server.RunningServer;
import dev.anabranch.server.Server;
import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The README's tour, run word for word against a fresh server: only the port is another.
@Timeout(180)
class TourTest {

  private static final Pattern BLOCK =
      Pattern.compile("^```sh tour\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

  @TempDir Path folder;

  @Test
  void everyCommandOfTheTourDoesWhatTheReadmeSays() throws Exception {
    assumeThereIs("bash");
    assumeThereIs("curl");
    try (RunningServer server = serve()) {
      writeLauncher(server);
      StringBuilder everything = new StringBuilder();
      for (String block : blocks()) {
        everything.append(run(block.replace("127.0.0.1:8080", authority(server))));
      }
      assertThat(everything.toString())
          .contains("\"title\":\"Hello\"", "\"version\":2", "\"done\":true")
          .contains("\"code\":\"conflict\"", "\"current\"")
          .contains("\"lastSyncId\":2", "\"action\":\"update\"", "\"latestSyncId\":2")
          .doesNotContain("Mine");
    }
  }

  private RunningServer serve() {
    return Server.start(
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(folder.resolve("data")))
            .read());
  }

  private static String authority(RunningServer server) {
    return server.uri().getAuthority();
  }

  private static List<String> blocks() throws IOException {
    Matcher matcher = BLOCK.matcher(Files.readString(Path.of("../README.md")));
    List<String> blocks = new ArrayList<>();
    while (matcher.find()) {
      blocks.add(matcher.group(1));
    }
    assertThat(blocks).hasSizeGreaterThanOrEqualTo(4);
    return blocks;
  }

  /// `./anabranch` as the tour writes it, running the classes under test.
  private void writeLauncher(RunningServer server) throws IOException {
    String script =
        """
        #!/bin/sh
        export ANABRANCH_URL='%s'
        exec '%s' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '%s' %s "$@"
        """
            .formatted(
                server.uri(),
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Anabranch.class.getName());
    Path file = Files.writeString(folder.resolve("anabranch"), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String run(String block) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", block)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(block).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", block, out).isZero();
    return out;
  }

  private static void assumeThereIs(String program) throws InterruptedException {
    boolean there;
    try {
      there = new ProcessBuilder(program, "--version").start().waitFor() == 0;
    } catch (IOException absent) {
      there = false;
    }
    Assumptions.assumeTrue(there, "the tour needs " + program + ", which is not installed here");
  }
}
