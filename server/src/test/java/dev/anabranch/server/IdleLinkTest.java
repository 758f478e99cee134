package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections to the relay that say nothing for long.
@Timeout(120)
class IdleLinkTest {

  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private final Served served =
      Served.open(Map.of("links.ping_millis", "1000", "links.idle_millis", "8000"));

  @AfterEach
  void close() {
    served.close();
  }

  /// A WebSocket that says nothing by itself, not even what the standard wants of it.
  private final class Mute implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private byte[] payload = {};

    Mute() throws IOException {
      socket = new Socket("127.0.0.1", served.uri("/").getPort());
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      String upgrade =
          "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
      out.write(upgrade.getBytes(StandardCharsets.US_ASCII));
      String head = "";
      while (!head.endsWith("\r\n\r\n")) {
        head += (char) in.readUnsignedByte();
      }
      assertThat(head).startsWith("HTTP/1.1 101 ");
    }

    /// The kind of the next frame.
    int next() throws IOException {
      int kind = in.readUnsignedByte() & 0x0f;
      int length = in.readUnsignedByte();
      payload = new byte[length == 126 ? in.readUnsignedShort() : length];
      in.readFully(payload);
      return kind;
    }

    void say(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      out.write(new byte[] {(byte) 0x81, (byte) (0x80 | bytes.length), 0, 0, 0, 0});
      out.write(bytes);
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    void pong() throws IOException {
      out.write(new byte[] {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0});
    }

    int code() {
      return ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void oneThatAnswersNoPingIsEndedAfterTheIdleLimit() throws IOException {
    try (Mute mute = new Mute()) {
      assertThat(mute.next()).isEqualTo(TEXT); // the challenge
      int kind = mute.next();
      while (kind == PING) {
        kind = mute.next();
      }
      assertThat(kind).isEqualTo(CLOSE);
      assertThat(mute.code()).isEqualTo(1001);
    }
  }

  @Test
  void oneThatAnswersPingsStaysThoughItNeverSubscribes() throws IOException {
    try (Mute mute = new Mute()) {
      assertThat(mute.next()).isEqualTo(TEXT);
      for (int ping = 0; ping < 16; ping++) { // twice the idle limit
        assertThat(mute.next()).isEqualTo(PING);
        mute.pong();
      }
    }
  }

  @Test
  void oneThatSubscribedIsToldOfNewEventsBeyondTheIdleLimit() throws IOException {
    try (Mute mute = new Mute()) {
      assertThat(mute.next()).isEqualTo(TEXT);
      mute.say("[\"REQ\",\"s\",{\"kinds\":[1]}]");
      int pings = 0;
      while (pings < 10) {
        if (mute.next() == PING) {
          mute.pong();
          pings++;
        }
      }
      Event note = NostrClient.note(NostrClient.key(1), NostrClient.NOW, "late");
      try (NostrClient writer = NostrClient.of(served)) {
        writer.publish(note);
      }
      while (mute.next() == PING) {
        mute.pong();
      }
      assertThat(mute.text()).isEqualTo("[\"EVENT\",\"s\"," + note.json() + "]");
    }
  }
}
