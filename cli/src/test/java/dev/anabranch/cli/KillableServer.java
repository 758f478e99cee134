package dev.anabranch.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// `anabranch serve` in a process of its own, which comes back on the same port.
public final class KillableServer implements AutoCloseable {

  private static final Map<String, String> ROOM =
      Map.of(
          "ANABRANCH_NOSTR__EVENTS_BURST", "100000",
          "ANABRANCH_NOSTR__AUTHOR_EVENTS_BURST", "100000",
          "ANABRANCH_NOSTR__ADDRESS_EVENTS_BURST", "100000");

  private final Path folder;
  private JavaProcess process;
  private int port;
  private int started;

  public KillableServer(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.process = start();
    this.port = Integer.parseInt(address().replaceAll(".*:", ""));
  }

  private JavaProcess start() {
    return JavaProcess.start(
        folder.resolve("log-" + started++),
        ROOM,
        Anabranch.class,
        "serve",
        "--data",
        folder.resolve("data").toString(),
        "--port",
        Integer.toString(port));
  }

  private String address() throws IOException, InterruptedException {
    Path file = folder.resolve("data").resolve("address");
    for (int attempt = 0; attempt < 1_200; attempt++) {
      if (Files.exists(file) && Files.readString(file).endsWith("\n")) {
        return Files.readString(file).strip();
      }
      if (!process.isAlive()) {
        break;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no address: " + process.said());
  }

  /// Where its relay is.
  public String url() {
    return "ws://127.0.0.1:" + port + "/";
  }

  public int port() {
    return port;
  }

  /// Where its store is.
  public Path data() {
    return folder.resolve("data");
  }

  /// Kills it and starts it again on its data.
  public void killAndReturn() throws IOException, InterruptedException {
    process.kill();
    Files.deleteIfExists(folder.resolve("data").resolve("address"));
    process = start();
    String unused = address();
  }

  /// Ends it for good, as power loss would.
  public void kill() throws InterruptedException {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
