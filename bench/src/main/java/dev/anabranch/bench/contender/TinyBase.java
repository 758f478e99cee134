package dev.anabranch.bench.contender;

import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Marker;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.WebSocketText;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.Ports;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// TinyBase's WebSocket server with a file for each path.
///
/// Its clients send a mergeable change and get no answer, so that a write counts as accepted when
/// it was sent and is durable some time later: kinder to TinyBase than to Anabranch.
public final class TinyBase implements Contender {
  private static final String STAMP = "%%%%%%%%%%%";
  // The alphabet and the layout of its hybrid clock: 42 bits of milliseconds, 24 of a counter.
  private static final byte[] ALPHABET =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
          .getBytes(StandardCharsets.US_ASCII);
  private static final int TIME_CHARACTERS = 7;
  private static final int COUNTER_CHARACTERS = 4;
  private static final String CLIENT = "bench";
  // {"text":""} belongs to the data too.
  private static final int FIELD_BYTES = 11;

  @Override
  public String name() {
    return "TinyBase";
  }

  @Override
  public TinyBaseServer launch(Path folder) {
    int port = Ports.free();
    List<String> command = new ArrayList<>(Node.command("tinybase.mjs"));
    command.addAll(List.of(Integer.toString(port), folder.toString()));
    return new TinyBaseServer(
        ServerProcess.start(new ServerProcess.Plan(name(), command, Map.of(), folder, port)),
        folder);
  }

  private static void putStamp(byte[] target, int at, long number) {
    long millis = System.currentTimeMillis();
    put(target, at, TIME_CHARACTERS, millis);
    put(target, at + TIME_CHARACTERS, COUNTER_CHARACTERS, number & 0xff_ffff);
  }

  private static void put(byte[] target, int at, int characters, long value) {
    for (int index = characters - 1; index >= 0; index--) {
      target[at + index] = ALPHABET[(int) (value & 63)];
      value >>>= 6;
    }
  }

  /// A running one.
  public record TinyBaseServer(ServerProcess server, Path folder) implements Running, Snapshots {
    @Override
    public Opening reader(String scope) {
      return Opening.webSocket(server.authority(), path(scope));
    }

    @Override
    public Opening writer(String scope) {
      return Opening.webSocket(server.authority(), path(scope));
    }

    private static String path(String scope) {
      return "/" + scope.replaceAll("\\W", "");
    }

    @Override
    public Exchange exchange() {
      return Exchange.NONE;
    }

    // It asks each new client what it holds and drops changes until it has given up waiting.
    @Override
    public Duration settling() {
      return Duration.ofSeconds(3);
    }

    // The frame its synchronizer sends for one new row: recipient (all), request, ContentDiff. The
    // mark
    // stands in the request's name, because the server sends the rows again whenever its file
    // changed.
    @Override
    public WriteTemplate writes(String scope, int dataBytes) {
      String stamp = "\"" + STAMP + CLIENT + "\"";
      String frame =
          "\n[\""
              + Marker.PLACEHOLDER
              + "\",3,[[{\"message\":[{\"m"
              + WriteTemplate.NUMBER
              + "\":[{\"text\":[\""
              + Padding.text(dataBytes - FIELD_BYTES)
              + "\","
              + stamp
              + "]}]}]}],[{}],1]]";
      return WriteTemplate.of(
          WebSocketText.frame(frame),
          STAMP,
          (target, at, number, _) -> putStamp(target, at, number));
    }

    @Override
    public Times snapshots(int rows, int missed) {
      List<String> command = new ArrayList<>(Node.command("tinybase-client.mjs"));
      command.addAll(
          List.of(
              Integer.toString(server.address().getPort()),
              "snapshots",
              Integer.toString(rows),
              Integer.toString(missed)));
      JsonNode times = JsonMapper.shared().readTree(Commands.run(folder, command));
      return new Times(
          times.path("bootstrapMillis").asDouble(), times.path("catchUpMillis").asDouble());
    }
  }
}
