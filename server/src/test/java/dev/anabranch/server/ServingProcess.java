package dev.anabranch.server;

import dev.anabranch.server.configuration.ConfigurationSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A server in a process of its own, which can be killed.
final class ServingProcess implements AutoCloseable {
  private final Process process;
  private final URI uri;

  private ServingProcess(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  static ServingProcess start(Path data) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-Xmx192m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ServingProcess.class.getName(),
                    data.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("http")) {
        return new ServingProcess(process, URI.create(line));
      }
    }
    throw new AssertionError("the server ended before it served");
  }

  URI uri() {
    return uri;
  }

  /// Ends it as power loss would end a process: at once, without a word.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /// Serves a data folder on a free port and says where.
  public static void main(String[] arguments) throws InterruptedException {
    ConfigurationSource source =
        new ConfigurationSource()
            .flag("server.port", Optional.of(0))
            .flag("server.data", Optional.of(arguments[0]));
    System.out.println(Server.start(source.read()).uri());
    Thread.currentThread().join();
  }
}
