package dev.anabranch.bench.contender;

import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The server that comes with the npm package `y-websocket`: Yjs documents in memory.
public final class YWebsocket {
  /// As it stands in the table.
  public static final String NAME = "y-websocket";

  private YWebsocket() {}

  /// Starts it.
  public static ServerProcess launch(Path folder) {
    int port = Ports.free();
    List<String> command = new ArrayList<>(Node.command("documents.mjs"));
    command.add(Integer.toString(port));
    return ServerProcess.start(
        new ServerProcess.Plan(NAME, command, Map.of("NODE_ENV", "production"), folder, port));
  }
}
