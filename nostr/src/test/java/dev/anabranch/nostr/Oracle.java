package dev.anabranch.nostr;

import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.testkit.NpmFolder;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Other libraries of Nostr, asked line by line: `src/test/js/oracle.mjs`, run by Node.
public final class Oracle implements AutoCloseable {
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
    return new Oracle(
        NpmFolder.installed("src/test/js", "target/oracle")
            .node("oracle.mjs")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
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
