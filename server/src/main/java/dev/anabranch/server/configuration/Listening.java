package dev.anabranch.server.configuration;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// Section `[server]`: where the server listens and where it keeps its things.
///
/// @param host a name or address of this machine; `127.0.0.1` unless it is told otherwise
/// @param port 0–65535; 0 takes any free port
/// @param data the folder of the SQLite database; made when it is missing
/// @param models the file of models; empty = `models.toml` in the data folder when there is one,
///   else the models that ship
/// @param drainMillis how long a stopping server waits for what is under way, in milliseconds
/// @param loops threads that serve sockets; 0 = one for each processor
public record Listening(
    String host, int port, Path data, Optional<Path> models, int drainMillis, int loops) {

  public Listening {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(models, "models");
  }

  static Listening read(Section section) {
    return new Listening(
        section.text("host", "127.0.0.1"),
        section.number("port", 8080, 0, 65_535),
        Path.of(section.text("data", "./anabranch-data")),
        Optional.of(section.text("models", "")).filter(text -> !text.isEmpty()).map(Path::of),
        section.number("drain_millis", 10_000, 0, 600_000),
        section.number("loops", 0, 0, 256));
  }
}
