package dev.anabranch.bench.contender;

import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The npm package `@nostr-relay/core`, its events in memory: its store on SQLite needs a native
/// build, so that nothing here is durable, which is kinder to it than to Anabranch.
public final class NostrRelay implements Relay {
  @Override
  public String name() {
    return "@nostr-relay, in memory";
  }

  @Override
  public ServerProcess launch(Path folder) {
    int port = Ports.free();
    List<String> command = new ArrayList<>(Node.command("relay.mjs"));
    command.add(Integer.toString(port));
    return ServerProcess.start(
        new ServerProcess.Plan(name(), command, Map.of("NODE_ENV", "production"), folder, port));
  }
}
