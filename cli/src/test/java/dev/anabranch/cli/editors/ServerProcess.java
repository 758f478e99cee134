package dev.anabranch.cli.editors;

import dev.anabranch.cli.Anabranch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `anabranch serve` as a process of its own, on a folder and a free port.
final class ServerProcess implements AutoCloseable {

  private final Process process;
  private final Path folder;

  private ServerProcess(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  static ServerProcess start(Path folder) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Anabranch.class.getName(),
            "serve",
            "--port",
            "0");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new ServerProcess(process, folder);
  }

  /// Its address, once it serves.
  String address() throws IOException, InterruptedException {
    Path file = folder.resolve("anabranch-data").resolve("address");
    while (!Files.exists(file) || !Files.readString(file).endsWith("\n")) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("it ended: " + Files.readString(folder.resolve("log")));
      }
    }
    return Files.readString(file).strip();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
