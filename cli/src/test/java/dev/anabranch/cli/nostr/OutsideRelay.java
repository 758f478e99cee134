package dev.anabranch.cli.nostr;

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

/// A relay from npm, run by Node: the script of `src/test/js/relay`.
final class OutsideRelay implements AutoCloseable {

  private static final Path SOURCES = Path.of("src/test/js/relay");
  private static final Path INSTALLED = Path.of("target/outside-relay");

  private final Process process;
  private final String port;

  private OutsideRelay(Process process, String port) {
    this.process = process;
    this.port = port;
  }

  /// Whether Node and the relay can be had here.
  static boolean isHere() throws IOException, InterruptedException {
    if (!isRunning("node", "--version")) {
      return false;
    }
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.write(INSTALLED.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return Files.isDirectory(INSTALLED.resolve("node_modules/@nostr-relay"))
        || isRunning("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
  }

  /// @param hostname by which authentications name it; empty = it wants none
  static OutsideRelay start(String hostname) throws IOException {
    Process process =
        new ProcessBuilder(List.of("node", "relay.mjs", hostname))
            .directory(INSTALLED.toFile())
            .redirectErrorStream(true)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String first = said.readLine();
    if (first == null || !first.matches("\\d+")) {
      process.destroyForcibly();
      throw new AssertionError("the relay does not start: " + first);
    }
    return new OutsideRelay(process, first);
  }

  String url() {
    return "ws://127.0.0.1:" + port + "/";
  }

  private static boolean isRunning(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(Files.createDirectories(INSTALLED).toFile())
              .redirectErrorStream(true)
              .start();
      String said;
      try (InputStream out = process.getInputStream()) {
        said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      }
      boolean isFine = process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
      if (!isFine) {
        System.out.println(String.join(" ", command) + ": " + said);
      }
      return isFine;
    } catch (IOException notThere) {
      System.out.println(String.join(" ", command) + ": " + notThere.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
