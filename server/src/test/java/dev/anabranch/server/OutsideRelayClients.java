package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Nostr's clients from npm, run by Node: the scripts of `src/test/relay-clients`.
final class OutsideRelayClients {
  private static final Path SCRIPTS = Path.of("src/test/relay-clients");
  private static final Path INSTALLED = Path.of("target/relay-clients");

  private OutsideRelayClients() {}

  /// Skips the test where Node or the clients cannot be had.
  static void assumeTheyAreHere() throws IOException, InterruptedException {
    assumeTrue(isRunning("node", "--version"), "skipped: node is not installed");
    Files.createDirectories(INSTALLED);
    try (Stream<Path> scripts = Files.list(SCRIPTS)) {
      for (Path script : scripts.filter(Files::isRegularFile).toList()) {
        Files.write(INSTALLED.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
    assumeTrue(
        Files.isDirectory(INSTALLED.resolve("node_modules/nostr-tools"))
            || isRunning("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"),
        "skipped: npm cannot install the Nostr clients here");
  }

  /// Runs a script to its good end.
  static String run(String script, URI server) throws IOException, InterruptedException {
    String relay = server.toString().replaceFirst("^http", "ws");
    Process process =
        new ProcessBuilder(List.of("node", script, relay))
            .directory(INSTALLED.toFile())
            .redirectErrorStream(true)
            .start();
    try (InputStream out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean isRunning(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(Files.createDirectories(INSTALLED).toFile())
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
