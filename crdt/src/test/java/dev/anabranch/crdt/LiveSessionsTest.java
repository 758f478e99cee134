package dev.anabranch.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Runs npm yjs beside us on fresh sessions.
///
/// A million operations: `mvn -q -pl crdt -am test -Dtest=LiveSessionsTest
/// -Dcrdt.operations=1000000 -Dsurefire.failIfNoSpecifiedTests=false`; other sessions with
/// `-Dcrdt.seed=…`.
class LiveSessionsTest {
  private static final Path SCRIPTS = Path.of("src/test/js");
  private static final Path ORACLE = Path.of("target/oracle");
  private static final int OPERATIONS = Integer.getInteger("crdt.operations", 20_000);
  private static final int SEED = Integer.getInteger("crdt.seed", 100_000);

  @Test
  void makesEveryByteThatYjsMakesInFreshSessions() throws IOException, InterruptedException {
    assumeTrue(isRunning("node", "--version"), "skipped: node is not installed");
    assumeTrue(isOracleReady(), "skipped: npm cannot install yjs here");
    Process oracle =
        new ProcessBuilder(
                "node", "generate.mjs", Integer.toString(SEED), Integer.toString(OPERATIONS))
            .directory(ORACLE.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader record =
        new BufferedReader(
            new InputStreamReader(oracle.getInputStream(), StandardCharsets.UTF_8))) {
      RecordedSessions.Played played = RecordedSessions.play(record);

      System.out.println(
          "yjs and crdt agreed on " + played.operations() + " operations, from seed " + SEED);
      assertThat(played.operations()).isGreaterThanOrEqualTo(OPERATIONS);
    } finally {
      oracle.destroy();
    }
  }

  private static boolean isOracleReady() throws IOException, InterruptedException {
    Files.createDirectories(ORACLE);
    try (Stream<Path> scripts = Files.list(SCRIPTS)) {
      for (Path script : scripts.filter(Files::isRegularFile).toList()) {
        Files.write(ORACLE.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
    return Files.isDirectory(ORACLE.resolve("node_modules/yjs"))
        || isRunning("npm", "ci", "--no-audit", "--no-fund");
  }

  private static boolean isRunning(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(Files.createDirectories(ORACLE).toFile())
              .redirectErrorStream(true)
              .start();
      try (InputStream out = process.getInputStream()) {
        out.readAllBytes();
      }
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException notThere) {
      System.out.println(String.join(" ", command) + ": " + notThere.getMessage());
      return false;
    }
  }
}
