package dev.anabranch.cli.demo;

import dev.anabranch.cli.terminal.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A server in a process of its own, that can be killed and started again on the same port.
final class ServerProcess implements AutoCloseable {

  /// The command's main class, by name: the package above may know this one, not the other way.
  private static final String PROGRAM = "dev.anabranch.cli.Anabranch";

  private static final int STARTS_MAX = 600;
  private static final long LOOK_MILLIS = 100;

  private final Path folder;
  private final Optional<String> database;
  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private Process process;

  /// Starts it and waits until it answers.
  ///
  /// @param folder where it keeps its data and its log file
  /// @param database a PostgreSQL address; empty = SQLite in the folder
  ServerProcess(Path folder, Optional<String> database) {
    this.folder = folder;
    this.database = database;
    this.port = freePort();
    this.process = launch();
    awaitAnswer();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  Path data() {
    return folder.resolve("data");
  }

  private Path log() {
    return folder.resolve("server.log");
  }

  private Process launch() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PROGRAM,
                "serve",
                "--port",
                Integer.toString(port),
                "--data",
                data().toString()));
    database.ifPresent(url -> command.addAll(List.of("--database", url)));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    withoutSettings(builder.environment());
    try {
      Files.createDirectories(data());
      return builder.start();
    } catch (IOException failure) {
      throw new CommandFailure(
          CommandFailure.UNREACHABLE, "the server cannot be started: " + failure, failure);
    }
  }

  /// Settings of the user's own server are not meant for this one.
  private static void withoutSettings(Map<String, String> environment) {
    environment.keySet().removeIf(name -> name.startsWith("ANABRANCH_"));
  }

  private void awaitAnswer() {
    for (int look = 0; look < STARTS_MAX; look++) {
      if (answers()) {
        return;
      }
      if (endsWithin(LOOK_MILLIS)) {
        process = launch(); // the database still belongs to the one that was killed
      }
    }
    throw new CommandFailure(
        CommandFailure.UNREACHABLE, "the server does not answer; its log is " + log());
  }

  private boolean answers() {
    HttpRequest ask =
        HttpRequest.newBuilder(URI.create(url() + "/sync/bootstrap?scope=demo:ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(ask, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.NO, "interrupted");
    }
  }

  private boolean endsWithin(long millis) {
    try {
      return process.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.NO, "interrupted");
    }
  }

  /// Ends it as a power cut would (SIGKILL), and starts it again.
  void killAndStart() {
    process.destroyForcibly();
    endsWithin(STARTS_MAX * LOOK_MILLIS);
    process = launch();
    awaitAnswer();
  }

  /// Asks it to end, and waits until it has.
  @Override
  public void close() {
    process.destroy();
    if (!endsWithin(STARTS_MAX * LOOK_MILLIS)) {
      process.destroyForcibly();
    }
  }
}
