package dev.anabranch.bench.integrity;

import dev.anabranch.bench.contender.AnabranchWire;
import dev.anabranch.bench.load.WireSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The three ways to follow a scope; each goes on at its ledger's cursor whenever it is cut off.
enum ScopeReader {
  /// Pages of `GET /sync/delta`, with long polls.
  DELTA {
    @Override
    void follow(Source source, Ledger ledger, Attempts attempts) {
      while (!attempts.isEnded()) {
        String target =
            "/sync/delta?scope=" + source.scope() + "&wait=1&lastSyncId=" + ledger.cursor();
        take(JSON.readTree(source.wire().get(target)).path("events"), ledger);
      }
    }
  },
  /// A subscription on a WebSocket.
  SOCKET {
    @Override
    void follow(Source source, Ledger ledger, Attempts attempts) throws IOException {
      try (WireSocket socket = WireSocket.open(source.address(), "/sync")) {
        socket.send(AnabranchWire.subscribe(source.scope(), ledger.cursor()));
        while (!attempts.isEnded()) {
          JsonNode frame = JSON.readTree(socket.next());
          switch (frame.path("type").asString("")) {
            case "sync" -> take(frame.path("events"), ledger);
            case "live" -> {}
            default -> throw new IOException("a subscriber was told " + frame);
          }
        }
      }
    }
  },
  /// Server-sent events with `Last-Event-ID`.
  EVENTS {
    @Override
    void follow(Source source, Ledger ledger, Attempts attempts) throws IOException {
      try (Socket socket = new Socket()) {
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(source.address(), (int) PATIENCE.toMillis());
        socket.getOutputStream().write(request(source, ledger.cursor()));
        InputStream input = socket.getInputStream();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        String status = lines.readLine();
        if (status == null || !status.contains(" 200")) {
          throw new IOException("server-sent events were answered " + status);
        }
        follow(lines, ledger, attempts);
      }
    }

    // HTTP/1.0, so that the answer ends with the connection and is not cut into chunks.
    private byte[] request(Source source, long cursor) {
      String request =
          "GET /sync/live?scope="
              + source.scope()
              + " HTTP/1.0\r\nHost: 127.0.0.1:"
              + source.address().getPort()
              + "\r\nAccept: text/event-stream\r\nLast-Event-ID: "
              + cursor
              + "\r\n\r\n";
      return request.getBytes(StandardCharsets.US_ASCII);
    }

    private void follow(BufferedReader lines, Ledger ledger, Attempts attempts) throws IOException {
      String event = "";
      while (!attempts.isEnded()) {
        String line = lines.readLine();
        if (line == null) {
          throw new IOException("the event stream ended");
        }
        if (line.startsWith("event:")) {
          event = line.substring("event:".length()).strip();
        } else if (line.startsWith("data:") && event.equals("sync")) {
          takeOne(JSON.readTree(line.substring("data:".length())), ledger);
        } else if (line.isEmpty()) {
          event = "";
        }
      }
    }

    private void takeOne(JsonNode data, Ledger ledger) {
      if (data.has("events")) {
        take(data.path("events"), ledger);
      } else {
        ledger.take(data.has("event") ? data.path("event") : data);
      }
    }
  };

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Where and what to follow.
  record Source(String scope, AnabranchWire wire, InetSocketAddress address) {}

  /// Follows until cut off or until the trial ends.
  abstract void follow(Source source, Ledger ledger, Attempts attempts) throws IOException;

  private static void take(JsonNode events, Ledger ledger) {
    for (JsonNode event : events) {
      ledger.take(event);
    }
  }
}
