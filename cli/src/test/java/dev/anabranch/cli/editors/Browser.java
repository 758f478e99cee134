package dev.anabranch.cli.editors;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.testkit.NpmFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A Chromium whose pages do what they are told: a Node process that takes a command a line and
/// answers each.
final class Browser implements AutoCloseable {

  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;

  private Browser(Process process) {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// @param pages where they were built
  static Browser start(NpmFolder pages, Path chromium) throws IOException {
    return new Browser(
        pages
            .node("drive.mjs", chromium.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /// A page with an editor on a document.
  Page open(String user, String editor, String provider, String server, String document) {
    Page page = new Page(user);
    page.run(
        command("open", user)
            .with("editor", editor)
            .with("provider", provider)
            .with("server", server)
            .with("document", document)
            .with("color", "#" + Integer.toHexString(0x500000 | (user.hashCode() & 0xafffff))));
    return page;
  }

  private static JsonObject command(String what, String page) {
    return JsonObject.EMPTY.with("do", what).with("page", page);
  }

  private @Nullable Json run(JsonObject command) {
    try {
      commands.println(command.text());
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the browser ended at " + command.text());
      }
      JsonObject answer = JsonDecoder.stored(line);
      answer
          .string("error")
          .ifPresent(error -> {
            throw new IllegalStateException(command.text() + ": " + error);
          });
      return answer.get("value");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() throws InterruptedException {
    commands.close();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  /// One page, with a user of its own.
  final class Page {

    private final String user;

    private Page(String user) {
      this.user = user;
    }

    private @Nullable Json run(JsonObject command) {
      return Browser.this.run(command);
    }

    private String textOf(String what) {
      return ((JsonString) Objects.requireNonNull(run(command(what, user)))).value();
    }

    /// Types at the end, key by key.
    void type(String text) {
      run(command("type", user).with("text", text));
    }

    void press(String key) {
      run(command("press", user).with("key", key));
    }

    /// The text root `body` of the page's document.
    String text() {
      return textOf("text");
    }

    /// The XML root `default` of the page's document.
    String prose() {
      return textOf("prose");
    }

    /// The page's whole document, as Yjs encodes a snapshot of it.
    String state() {
      return textOf("state");
    }

    /// What the editor shows.
    String shown() {
      return textOf("shown");
    }

    /// The names at the carets of others that the editor shows.
    List<String> carets() {
      return ((JsonArray) Objects.requireNonNull(run(command("carets", user))))
          .values().stream().map(name -> ((JsonString) name).value().strip()).toList();
    }

    boolean isConnected() {
      return Objects.requireNonNull(run(command("isConnected", user))).text().equals("true");
    }

    void goOffline() {
      run(command("goOffline", user));
    }

    void goOnline() {
      run(command("goOnline", user));
    }

    void screenshot(Path file) {
      run(command("screenshot", user).with("file", file.toAbsolutePath().toString()));
    }

    void close() {
      run(command("close", user));
    }
  }
}
