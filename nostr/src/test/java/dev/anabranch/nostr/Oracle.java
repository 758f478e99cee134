package dev.anabranch.nostr;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.anabranch.nostr.text.JsonReader;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Other libraries of Nostr, asked line by line: `src/test/js/oracle.mjs`, run by Node.
public final class Oracle implements AutoCloseable {
  private static final Path SCRIPTS = Path.of("src/test/js");
  private static final Path INSTALLED = Path.of("target/oracle");

  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  private Oracle(Process process) {
    this.process = process;
    this.questions = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Begins it, or skips the test where Node or the libraries cannot be had.
  public static Oracle start() throws IOException, InterruptedException {
    assumeTrue(isRunning("node", "--version"), "skipped: node is not installed");
    Files.createDirectories(INSTALLED);
    try (Stream<Path> scripts = Files.list(SCRIPTS)) {
      for (Path script : scripts.filter(Files::isRegularFile).toList()) {
        Files.write(INSTALLED.resolve(script.getFileName()), Files.readAllBytes(script));
      }
    }
    assumeTrue(
        Files.isDirectory(INSTALLED.resolve("node_modules/nostr-tools"))
            || isRunning("npm", "ci", "--no-audit", "--no-fund"),
        "skipped: npm cannot install the other libraries here");
    return new Oracle(
        new ProcessBuilder("node", "oracle.mjs")
            .directory(INSTALLED.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
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

  /// Asks, with arguments in JSON; gives the answer's value, not yet read.
  public JsonReader ask(String command, String... arguments) throws IOException {
    questions.write(command + " [" + String.join(",", arguments) + "]\n");
    questions.flush();
    @Nullable String line = answers.readLine();
    if (line == null || !line.startsWith("{\"value\":")) {
      throw new IOException(command + ": " + line);
    }
    String value = line.substring("{\"value\":".length(), line.length() - 1);
    return new JsonReader(value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
