package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Editors' providers from npm, run by Node: the scripts of `src/test/js`.
final class OutsideEditors {
  private static final Path SCRIPTS = Path.of("src/test/js");
  private static final Path INSTALLED = Path.of("target/editors");

  private OutsideEditors() {}

  /// Skips the test where Node or the providers cannot be had.
  static void assumeTheyAreHere() throws IOException, InterruptedException {
    assumeTrue(isRunning("node", "--version"), "skipped: node is not installed");
    Files.createDirectories(INSTALLED);
    try (Stream<Path> scripts = Files.list(SCRIPTS)) {
      for (Path script : scripts.filter(Files::isRegularFile).toList()) {
        Files.write(INSTALLED.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
    assumeTrue(
        (Files.isDirectory(INSTALLED.resolve("node_modules/y-websocket"))
                && Files.isDirectory(INSTALLED.resolve("node_modules/@noble/curves")))
            || isRunning("npm", "ci", "--no-audit", "--no-fund"),
        "skipped: npm cannot install the editors' providers here");
  }

  /// Begins a script against a server.
  static Process begin(String script, URI server, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("node", script));
    command.add(server.toString().replaceFirst("^http", "ws").replaceFirst("/$", ""));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .directory(INSTALLED.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /// Runs a script to its good end.
  static String run(String script, URI server, String... more)
      throws IOException, InterruptedException {
    Process process = begin(script, server, more);
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
