package dev.anabranch.bench.contender;

import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The npm package `@nostr-relay/core`.
public final class NostrRelay implements Relay {
  private final boolean stores;

  private NostrRelay(boolean stores) {
    this.stores = stores;
  }

  /// With its own store on SQLite. That needs a native build; where it cannot be had, the events
  /// stand in memory, which is kinder to it than to Anabranch.
  public static NostrRelay storing() {
    return new NostrRelay(Node.isBuilt("better-sqlite3"));
  }

  /// With its events in memory.
  public static NostrRelay inMemory() {
    return new NostrRelay(false);
  }

  @Override
  public String name() {
    return stores ? "@nostr-relay, SQLite" : "@nostr-relay, in memory";
  }

  @Override
  public ServerProcess launch(Path folder) {
    int port = Ports.free();
    List<String> command = new ArrayList<>(Node.command("relay.mjs"));
    command.add(Integer.toString(port));
    if (stores) {
      command.add(folder.resolve("events.db").toAbsolutePath().toString());
    }
    return ServerProcess.start(
        new ServerProcess.Plan(name(), command, Map.of("NODE_ENV", "production"), folder, port));
  }
}
