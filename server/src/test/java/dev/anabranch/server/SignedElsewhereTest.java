package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.key.SecretKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Somebody in between who dials a server with tokens under a name of its own gets nothing to pass
/// on.
@Timeout(60)
class SignedElsewhereTest {

  private static final SecretKey ANN = SignedPeer.key(1);

  /// What a link hears whose handshake said a `Host`, after the seed's connect.
  private static JsonObject heard(Served served, String host) throws IOException {
    try (java.net.Socket socket =
        new java.net.Socket(served.uri("/").getHost(), served.uri("/").getPort())) {
      socket.setSoTimeout(20_000);
      byte[] connect =
          JsonObject.EMPTY
              .with("type", "connect")
              .with("pubkey", ANN.publicKey().hex())
              .with("timestamp", SignedPeer.now())
              .text()
              .getBytes(StandardCharsets.UTF_8);
      var out = socket.getOutputStream();
      out.write(
          ("GET /sync HTTP/1.1\r\nHost: "
                  + host
                  + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      read(socket, "\r\n\r\n");
      assertThat(connect).hasSizeLessThan(126); // so that its length fits into the second byte
      out.write(new byte[] {(byte) 0x81, (byte) (0x80 | connect.length), 0, 0, 0, 0});
      out.write(connect);
      String frame = read(socket, "\"}");
      return SignedPeer.json(frame.substring(frame.indexOf('{')));
    }
  }

  private static String read(java.net.Socket socket, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("%s", read).isNotNegative();
      read.append((char) next);
    }
    return read.toString();
  }

  @Test
  void aHostThatIsNoNameOfTheOwnMachineGetsNoChallenge() throws IOException {
    try (Served served = Served.open(Map.of("auth.mode", "token"))) {
      JsonObject error = heard(served, "evil.example");
      assertThat(error.string("code")).as("%s", error).contains("unknown_address");
      assertThat(heard(served, "localhost").string("relay")).contains("ws://localhost/sync");
    }
  }

  @Test
  void aChallengeNamesTheServersOwnAddressWhateverHostSays() throws IOException {
    try (Served served =
        Served.open(Map.of("auth.mode", "token", "nostr.url", "wss://relay.example/"))) {
      assertThat(heard(served, "evil.example").string("relay"))
          .contains("wss://relay.example/sync");
    }
    try (Served served =
        Served.open(Map.of("auth.mode", "token", "signed.url", "wss://sync.example/sync"))) {
      assertThat(heard(served, "evil.example").string("relay")).contains("wss://sync.example/sync");
    }
  }
}
