package dev.anabranch.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.Admission;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 6455 frame by frame: what a server takes, what it refuses, and with which close code.
///
/// In the tables a frame is written `first byte : payload in hex`; frames are masked as a client
/// must.
final class FrameRulesTest {
  private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  private static TestServer server;

  @BeforeAll
  static void start() {
    TransportLimits.Links links =
        new TransportLimits.Links(65_536, 8, 262_144, 27_000, 300_000, 3_000, true);
    server =
        TestServer.start(
            TestServer.plain().with(TransportLimits.defaults().with(links)),
            TestServer.NO_ROUTES,
            handshake -> CompletableFuture.completedFuture(Admission.accept(Echo::new)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] frames(String table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String each : table.split(" ", -1)) {
      String[] parts = each.split(":", -1);
      int first = Integer.parseInt(parts[0], 16);
      bytes.writeBytes(RawPeer.masked(first, HexFormat.of().parseHex(parts[1])));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          # what it is                         | frames                             | the message that comes back
          an empty text                        | 81:                                | 1 ''
          a text                               | 81:48656c6c6f                      | 1 48656c6c6f
          an empty binary                      | 82:                                | 2 ''
          a binary                             | 82:00ff                            | 2 00ff
          a text in two fragments              | 01:4865 80:6c6c6f                  | 1 48656c6c6f
          a character cut between fragments    | 01:e282 80:ac                      | 1 e282ac
          a binary in three fragments          | 02:01 00:02 80:03                  | 2 010203
          empty fragments                      | 01: 00: 80:                        | 1 ''
          a ping between fragments             | 01:41 89:70 80:42                  | 10 70
          a pong nobody asked for, then a text | 8a:00 81:41                        | 1 41
          a ping                               | 89:010203                          | 10 010203
          the replacement character itself     | 81:efbfbd                          | 1 efbfbd
          the last code point                  | 81:f48fbfbf                        | 1 f48fbfbf
          """,
      delimiter = '|')
  void takes(String what, String sent, String answer) throws Exception {
    String[] expected = answer.split(" ", -1);
    String payload = expected[1].replace("'", "");
    try (RawPeer peer = new RawPeer(server.port())) {
      RawPeer.Arrived arrived = peer.upgrade("/").send(frames(sent)).readFrame();

      assertThat(arrived.first()).isEqualTo(0x80 | Integer.parseInt(expected[0]));
      assertThat(arrived.payload()).isEqualTo(HexFormat.of().parseHex(payload));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          # what it is                          | frames                              | close code
          an opcode without a meaning           | 83:                                 | 1002
          a control opcode without a meaning    | 8b:                                 | 1002
          the first reserved bit                | c1:41                               | 1002
          the second reserved bit               | a1:41                               | 1002
          a reserved bit in a ping              | c9:                                 | 1002
          a ping in fragments                   | 09:                                 | 1002
          a continuation of nothing             | 80:41                               | 1002
          a text inside a text                  | 01:41 81:42                         | 1002
          a close code that must not be sent    | 88:03ed                             | 1002
          half a close code                     | 88:03                               | 1002
          a lone continuation byte              | 81:80                               | 1007
          an overlong form                      | 81:c080                             | 1007
          a surrogate                           | 81:eda080                           | 1007
          a code point too far                  | 81:f4908080                         | 1007
          half a character                      | 81:e282                             | 1007
          half a character in the last fragment | 01:41 80:e282                       | 1007
          a flood of fragments                  | 01:41 00:41 00:41 00:41 00:41 00:41 00:41 00:41 00:41 | 1008
          a flood of empty fragments            | 01: 00: 00: 00: 00: 00: 00: 00: 00: | 1008
          """,
      delimiter = '|')
  void refuses(String what, String sent, int code) throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      RawPeer.Arrived close = peer.upgrade("/").send(frames(sent)).readFrame();

      assertThat(close.opcode()).isEqualTo(8);
      assertThat(close.closeCode()).isEqualTo(code);
      assertThat(close.closeReason()).isNotEmpty();
    }
  }

  @Test
  void refusesAFrameWithoutAMask() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      byte[] unmasked = {(byte) 0x81, 1, 'a'};

      assertThat(peer.upgrade("/").send(unmasked).readFrame().closeCode()).isEqualTo(1002);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          # what it is                     | header                       | close code
          a length in more bytes than need | 81fe0001                     | 1002
          the same with eight bytes        | 81ff0000000000000001         | 1002
          a negative length                | 81ff8000000000000000         | 1002
          a length over the limit          | 81ff0000000000010001         | 1009
          the longest length               | 82ff7fffffffffffffff         | 1009
          a long ping                      | 89fe007e                     | 1002
          """,
      delimiter = '|')
  void refusesALength(String what, String header, int code) throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/").send(HexFormat.of().parseHex(header + "00000000"));

      assertThat(peer.readFrame().closeCode()).isEqualTo(code);
    }
  }

  @Test
  void takesTheLongestMessageAndNotOneByteMore() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/").frame(0x82, new byte[65_536]);
      assertThat(peer.readFrame().payload()).hasSize(65_536);

      peer.frame(0x02, new byte[65_000]).frame(0x80, new byte[537]);
      assertThat(peer.readFrame().closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void takesFramesThatArriveByteByByte() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/");
      for (byte each : RawPeer.masked(0x81, "slowly".getBytes(UTF_8))) {
        peer.send(new byte[] {each});
      }

      assertThat(peer.readFrame().text()).isEqualTo("slowly");
    }
  }

  @Test
  void answersACloseFrameWithItsCodeAndEnds() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/").frame(0x88, new byte[] {0x03, (byte) 0xe8, 'b', 'y', 'e'});

      assertThat(peer.readFrame().closeCode()).isEqualTo(1000);
      assertThat(peer.ended()).isTrue();
    }
  }

  @Test
  void inflatesWhatWasAgreedToBeDeflated() throws Exception {
    byte[] message = "squeeze ".repeat(1_000).getBytes(UTF_8);
    byte[] small = new FrameDeflater().deflate(message);
    int half = small.length / 2;
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/", DEFLATE).frame(0xc1, small);
      peer.frame(0x41, Arrays.copyOf(small, half));
      peer.frame(0x80, Arrays.copyOfRange(small, half, small.length));

      for (int i = 0; i < 2; i++) {
        RawPeer.Arrived arrived = peer.readFrame();
        assertThat(arrived.compressed()).isTrue();
        assertThat(new FrameInflater().inflate(arrived.payload(), 10_000)).isEqualTo(message);
      }
    }
  }

  @Test
  void refusesABombBeforeItGoesOff() throws Exception {
    byte[] bomb = new FrameDeflater().deflate(new byte[10_000_000]);
    assertThat(bomb.length).isLessThan(65_536);
    try (RawPeer peer = new RawPeer(server.port())) {
      assertThat(peer.upgrade("/", DEFLATE).frame(0xc2, bomb).readFrame().closeCode())
          .isEqualTo(1009);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          # what it is                              | frames         | close code
          a payload that is not deflated            | c1:ffffffff    | 1007
          the reserved bit on a continuation        | 01:41 c0:42    | 1002
          inflated text that is not UTF-8           | c1:6a00        | 1007
          """,
      delimiter = '|')
  void refusesDeflated(String what, String sent, int code) throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/", DEFLATE).send(frames(sent));

      assertThat(peer.readFrame().closeCode()).isEqualTo(code);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      textBlock =
          """
          # the client's offer                                        | whether it is taken
          permessage-deflate                                          | true
          permessage-deflate; client_max_window_bits                  | true
          permessage-deflate; client_max_window_bits=10               | true
          permessage-deflate; server_no_context_takeover              | true
          permessage-deflate; server_max_window_bits=15               | true
          permessage-deflate; server_max_window_bits=10               | false
          permessage-deflate; server_max_window_bits=10, permessage-deflate | true
          permessage-deflate; mystery                                 | false
          x-webkit-deflate-frame                                      | false
          """,
      delimiter = '|')
  void agreesToDeflateWithoutTakeover(String offer, boolean taken) throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.send(
          "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Extensions: "
              + offer
              + "\r\n\r\n");

      assertThat(peer.readHead().contains(CompressionOffer.AGREED)).isEqualTo(taken);
    }
  }
}
