package dev.anabranch.bench.contender;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.failure.Unavailable;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The relay strfry with its own settings, when its program is on the PATH.
public final class Strfry implements Relay {
  private static final String PROGRAM = "strfry";

  @Override
  public String name() {
    return PROGRAM;
  }

  @Override
  public ServerProcess launch(Path folder) {
    Path program =
        Commands.onPath(PROGRAM)
            .orElseThrow(() -> new Unavailable("no " + PROGRAM + " on the PATH"));
    int port = Ports.free();
    Path settings = folder.resolve("strfry.conf");
    try {
      Files.createDirectories(folder.resolve("events"));
      Files.writeString(
          settings,
          """
          db = "./events/"
          relay {
            bind = "127.0.0.1"
            port = %d
            nofiles = 0
          }
          """
              .formatted(port));
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + settings, e);
    }
    List<String> command =
        List.of(program.toString(), "--config=" + settings.toAbsolutePath(), "relay");
    return ServerProcess.start(new ServerProcess.Plan(name(), command, Map.of(), folder, port));
  }
}
