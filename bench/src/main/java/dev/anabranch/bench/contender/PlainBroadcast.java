package dev.anabranch.bench.contender;

import dev.anabranch.bench.limit.BareBroadcast;
import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.WebSocketText;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A server that only broadcasts: what is written on `/write` reaches every socket on `/sync`.
public final class PlainBroadcast implements Contender {
  private final String name;
  private final Supplier<List<String>> command;

  private PlainBroadcast(String name, Supplier<List<String>> command) {
    this.name = name;
    this.command = command;
  }

  /// The physical limit, [BareBroadcast].
  public static PlainBroadcast netty() {
    return new PlainBroadcast("bare Netty", PlainBroadcast::nettyCommand);
  }

  /// The npm package `ws`.
  public static PlainBroadcast ws() {
    return new PlainBroadcast("ws", () -> Node.command("ws.mjs"));
  }

  private static List<String> nettyCommand() {
    return List.of(
        Commands.java(),
        "-XX:+UseCompactObjectHeaders",
        "-XX:+UseSerialGC",
        "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        Commands.classPath(),
        BareBroadcast.class.getName());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Running launch(Path folder) {
    int port = Ports.free();
    List<String> words = new ArrayList<>(command.get());
    words.add(Integer.toString(port));
    ServerProcess server =
        ServerProcess.start(new ServerProcess.Plan(name, words, Map.of(), folder, port));
    return new Broadcast(server);
  }

  private record Broadcast(ServerProcess server) implements Running {
    @Override
    public Opening reader(String scope) {
      return Opening.webSocket(server.authority(), "/sync");
    }

    @Override
    public Opening writer(String scope) {
      return Opening.webSocket(server.authority(), "/write");
    }

    @Override
    public Exchange exchange() {
      return Exchange.NONE;
    }

    @Override
    public WriteTemplate writes(String scope, int dataBytes) {
      return WriteTemplate.of(WebSocketText.frame("{" + Padding.fields(dataBytes - 2) + "}"));
    }
  }
}
