package dev.anabranch.bench.contender;

import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.WebSocketText;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.ServerProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A running Anabranch, spoken to over scope sync's wire.
///
/// Entities are of the model `bench_item`, which no configuration names: the rule every model has.
public final class AnabranchServer implements Running {
  /// The model of everything the bench writes.
  public static final String MODEL = "bench_item";

  private static final int READY_TIMEOUT_MILLIS = 500;

  private final ServerProcess server;
  private final long run = System.nanoTime();

  AnabranchServer(ServerProcess server) {
    this.server = server;
  }

  static boolean isReady(int port) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + "/readyz");
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(READY_TIMEOUT_MILLIS);
      connection.setReadTimeout(READY_TIMEOUT_MILLIS);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public ServerProcess server() {
    return server;
  }

  /// The wire for what is not load: filling, reading whole, catching up.
  public AnabranchWire wire() {
    return new AnabranchWire(server);
  }

  @Override
  public Opening reader(String scope) {
    return reader(scope, 0);
  }

  /// A subscriber that has everything up to `lastSyncId`.
  public Opening reader(String scope, long lastSyncId) {
    return Opening.webSocket(
        server.authority(),
        "/sync",
        AnabranchWire.subscribe(scope, lastSyncId),
        "\"type\":\"live\"");
  }

  @Override
  public Opening writer(String scope) {
    return Opening.webSocket(server.authority(), "/sync");
  }

  @Override
  public Exchange exchange() {
    return Exchange.WEB_SOCKET;
  }

  @Override
  public WriteTemplate writes(String scope, int dataBytes) {
    String push =
        "{\"type\":\"push\",\"ref\":\""
            + WriteTemplate.NUMBER
            + "\",\"writes\":[{\"key\":\""
            + key()
            + "\",\"scope\":\""
            + scope
            + "\",\"model\":\""
            + MODEL
            + "\",\"id\":\""
            + key()
            + "\",\"action\":\"insert\",\"data\":{"
            + Padding.fields(dataBytes - 2)
            + "}}]}";
    return WriteTemplate.of(WebSocketText.frame(push));
  }

  private String key() {
    return "m" + Long.toString(run, Character.MAX_RADIX) + "-" + WriteTemplate.NUMBER;
  }

  /// The same writes as `POST /api/{model}`.
  public WriteTemplate httpWrites(String scope, int dataBytes) {
    String body =
        "{\"id\":\""
            + key()
            + "\",\"scope\":\""
            + scope
            + "\","
            + Padding.fields(dataBytes - 2)
            + "}";
    String request =
        "POST /api/"
            + MODEL
            + " HTTP/1.1\r\nHost: "
            + server.authority()
            + "\r\nContent-Type: application/json\r\nIdempotency-Key: "
            + key()
            + "\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    return WriteTemplate.of(request.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public Duration settling() {
    return Duration.ZERO;
  }
}
