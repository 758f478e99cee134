package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// HTTP/2 without TLS, by prior knowledge, frame by frame (RFC 9113). With TLS it is in [TlsTest].
final class Http2Test {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;

  private record Arrived(int type, int flags, int stream, byte[] payload) {}

  private static byte[] frame(int type, int flags, int stream, String hex) {
    byte[] payload = HexFormat.of().parseHex(hex);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(new byte[] {0, (byte) (payload.length >> 8), (byte) payload.length});
    frame.writeBytes(new byte[] {(byte) type, (byte) flags, 0, 0, 0, (byte) stream});
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  private static Arrived next(RawPeer peer, int... types) throws Exception {
    while (true) {
      byte[] head = peer.read(9);
      assertThat(head).as("a frame").hasSize(9);
      int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
      Arrived arrived = new Arrived(head[3], head[4], head[8], peer.read(length));
      for (int type : types) {
        if (arrived.type() == type) {
          return arrived;
        }
      }
    }
  }

  private static TestServer server(TransportLimits.Http limits) {
    return TestServer.start(
        TestServer.plain().with(TransportLimits.defaults().with(limits)),
        head ->
            new HttpRoute(
                10,
                (request, exchange) ->
                    exchange.answer(
                        HttpAnswer.text(200, request.method() + request.body().length))),
        TestServer.NO_LINKS);
  }

  @Test
  void servesStreamsSideBySide() throws Exception {
    try (TestServer server = server(TransportLimits.Http.defaults());
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));
      // POST / with a body to come, and GET / that is complete.
      peer.send(frame(HEADERS, 4, 1, "838684410161"));
      peer.send(frame(HEADERS, 5, 3, "828684410161"));

      Arrived first = next(peer, HEADERS);
      assertThat(first.stream()).isEqualTo(3);
      assertThat(first.payload()[0]).as(":status 200").isEqualTo((byte) 0x88);
      assertThat(next(peer, DATA).payload()).asString().isEqualTo("GET0");

      peer.send(frame(DATA, 1, 1, "616263"));
      assertThat(next(peer, HEADERS).stream()).isEqualTo(1);
      assertThat(next(peer, DATA).payload()).asString().isEqualTo("POST3");
    }
  }

  @Test
  void refusesABodyThatIsTooLongWithoutLosingTheConnection() throws Exception {
    try (TestServer server = server(TransportLimits.Http.defaults());
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));
      peer.send(frame(HEADERS, 4, 1, "838684410161"));
      peer.send(frame(DATA, 0, 1, "6162636465666768696a6b6c"));

      assertThat(next(peer, HEADERS).stream()).isEqualTo(1);
      assertThat(next(peer, DATA).payload()).asString().contains("too_large");
      assertThat(next(peer, RESET).stream()).isEqualTo(1);

      peer.send(frame(HEADERS, 5, 3, "828684410161"));
      assertThat(next(peer, HEADERS).stream()).isEqualTo(3);
    }
  }

  @Test
  void refusesHeaderFieldsThatAreTooLargeWithAProblemAndKeepsTheConnection() throws Exception {
    TransportLimits.Http limits =
        new TransportLimits.Http(8_192, 20_000, 20_000, 20_000, 20_000, 65_536, 100, 15, 15);
    try (TestServer server = server(limits);
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));
      String large = "0001787fa945" + "61".repeat(9_000); // x: aaa…
      peer.send(frame(HEADERS, 5, 1, "828684410161" + large));

      assertThat(next(peer, HEADERS).stream()).isEqualTo(1);
      assertThat(next(peer, DATA).payload())
          .asString()
          .contains("\"code\":\"headers_too_large\"", "\"status\":431");
      peer.send(frame(HEADERS, 5, 3, "828684410161"));
      assertThat(next(peer, HEADERS).stream()).isEqualTo(3);
      assertThat(next(peer, DATA).payload()).asString().isEqualTo("GET0");
    }
  }

  @Test
  void theStreamsOfAConnectionHoldNoMoreOfBodiesThanThereIsRoomFor() throws Exception {
    TransportLimits.Http limits =
        new TransportLimits.Http(8_192, 20_000, 20_000, 20_000, 20_000, 65_536, 100, 15, 15);
    try (TestServer server = server(limits);
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));
      peer.send(frame(HEADERS, 4, 1, "838684410161"));
      peer.send(frame(DATA, 0, 1, "6162636465666768"));
      peer.send(frame(HEADERS, 4, 3, "838684410161"));
      peer.send(frame(DATA, 0, 3, "6162636465666768"));

      assertThat(next(peer, HEADERS).stream()).isEqualTo(3);
      assertThat(next(peer, DATA).payload()).asString().contains("unavailable");
      assertThat(next(peer, RESET).stream()).isEqualTo(3);
      assertThat(server.server.bodiesBytes()).isEqualTo(8);

      // The first stream is given up, and what it held with it.
      peer.send(frame(RESET, 0, 1, "00000008"));
      BodyRoomTest.awaitHeld(server, 0);
      peer.send(frame(HEADERS, 4, 5, "838684410161"));
      peer.send(frame(DATA, 1, 5, "6162636465666768"));
      assertThat(next(peer, HEADERS).stream()).isEqualTo(5);
      assertThat(next(peer, DATA).payload()).asString().isEqualTo("POST8");
    }
  }

  @Test
  void answersABodyThatNeverComes() throws Exception {
    try (TestServer server = server(TestServer.hurried());
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));
      peer.send(frame(HEADERS, 4, 1, "838684410161"));

      assertThat(next(peer, DATA).payload()).asString().contains("too_slow");
    }
  }

  @Test
  void givesUpAStreamThatIsNotTaken() throws Exception {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    AtomicInteger written = new AtomicInteger();
    HttpRoute endless =
        HttpRoute.withoutBody((request, exchange) -> {
          exchange.onClosed(() -> gone.complete(null));
          BodyWriter body = exchange.stream(200, Headers.empty());
          while (body.writable()) {
            body.write(new byte[1_000]);
            written.addAndGet(1_000);
          }
        });
    try (TestServer server =
            TestServer.start(
                TestServer.plain().with(TransportLimits.defaults().with(TestServer.hurried())),
                head -> endless,
                TestServer.NO_LINKS);
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));
      peer.send(frame(HEADERS, 5, 1, "828684410161"));

      assertThat(next(peer, RESET).stream()).isEqualTo(1);
      gone.join();
      assertThat(written.get()).isLessThan(65_535 + 65_536 + 20_000);
      assertThat(server.counts.of("missed WRITE")).isEqualTo(1);
    }
  }

  @Test
  void saysGoodbyeToAConnectionWithoutStreams() throws Exception {
    try (TestServer server = server(TestServer.hurried());
        RawPeer peer = new RawPeer(server.port())) {
      peer.send(PREFACE).send(frame(SETTINGS, 0, 0, ""));

      next(peer, GOAWAY);
      assertThat(peer.ended()).isTrue();
    }
  }
}
