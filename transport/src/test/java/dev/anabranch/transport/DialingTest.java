package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.link.Dial;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpCall;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.LinkFailure;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The ways out, against servers that are not there, do not answer, or answer nonsense.
final class DialingTest {
  private static NettyLoops loops;

  @BeforeAll
  static void start() {
    loops = NettyLoops.start(1, 20);
  }

  @AfterAll
  static void stop() {
    loops.close();
  }

  private static void dial(int port) {
    dial("ws", port);
  }

  private static void dial(String scheme, int port) {
    NettyDialer dialer =
        NettyDialer.create(
            loops, TransportLimits.Links.defaults(), TransportMetrics.NONE, Optional.empty());
    dialer
        .dial(
            new Dial(
                URI.create(scheme + "://127.0.0.1:" + port + "/sync"),
                Headers.empty(),
                List.of(),
                scheme.equals("wss") ? Duration.ofSeconds(20) : Duration.ofMillis(500)),
            Recorder::new)
        .toCompletableFuture()
        .join();
  }

  private static void answering(ServerSocket listening, String answer) {
    Thread.startVirtualThread(() -> {
      try (RawPeer peer = new RawPeer(listening.accept())) {
        peer.readHead();
        peer.send(answer).readAll();
      } catch (java.io.IOException e) {
        // The dialer hung up, as it should.
        return;
      }
    });
  }

  @Test
  void failsWhenNobodyListens() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }

    assertThatThrownBy(() -> dial(port))
        .cause()
        .isInstanceOf(LinkFailure.class)
        .hasMessageContaining("cannot connect");
  }

  @Test
  void failsWhenNobodyAnswersInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0)) {
      assertThatThrownBy(() -> dial(silent.getLocalPort()))
          .cause()
          .isInstanceOf(LinkFailure.class)
          .hasMessageContaining("no handshake within");
      try (Socket accepted = silent.accept()) {
        accepted.getInputStream().readAllBytes();
      }
    }
  }

  @Test
  void failsWhenTheAnswerProvesNothing() throws Exception {
    try (ServerSocket listening = new ServerSocket(0)) {
      answering(
          listening,
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: bm90aGluZw==\r\n\r\n");

      assertThatThrownBy(() -> dial(listening.getLocalPort()))
          .cause()
          .isInstanceOf(LinkFailure.class)
          .hasMessageContaining("did not understand");
    }
  }

  @Test
  void failsWhenTheAnswerIsNoHttp() throws Exception {
    try (ServerSocket listening = new ServerSocket(0)) {
      answering(listening, "220 mail.example.org ESMTP\r\n\r\n");

      assertThatThrownBy(() -> dial(listening.getLocalPort()))
          .hasCauseInstanceOf(LinkFailure.class);
    }
  }

  @Test
  void saysThatAPortDoesNotSpeakTls() throws Exception {
    try (ServerSocket listening = new ServerSocket(0)) {
      Thread.startVirtualThread(() -> {
        try (RawPeer peer = new RawPeer(listening.accept())) {
          peer.send("HTTP/1.1 400 Bad Request\r\n\r\n").readAll();
        } catch (java.io.IOException e) {
          return; // the dialer hung up, as it should
        }
      });

      assertThatThrownBy(() -> dial("wss", listening.getLocalPort()))
          .cause()
          .isInstanceOf(LinkFailure.class)
          .hasMessageContaining("does not speak TLS");
    }
  }

  @Test
  void offersNoWindowThatItsCompressorDoesNotKeep() throws Exception {
    BlockingQueue<String> heads = new LinkedBlockingQueue<>();
    try (ServerSocket listening = new ServerSocket(0)) {
      Thread.startVirtualThread(() -> {
        try (RawPeer peer = new RawPeer(listening.accept())) {
          heads.add(peer.readHead());
        } catch (java.io.IOException e) {
          heads.add(e.toString());
        }
      });
      assertThatThrownBy(() -> dial(listening.getLocalPort()))
          .hasCauseInstanceOf(LinkFailure.class);
    }

    assertThat(heads.poll(10, TimeUnit.SECONDS))
        .containsIgnoringCase("Sec-WebSocket-Extensions: permessage-deflate;")
        .doesNotContain("window_bits");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          permessage-deflate; server_no_context_takeover                             | true
          permessage-deflate; server_no_context_takeover; client_no_context_takeover | true
          permessage-deflate; server_no_context_takeover; server_max_window_bits=9   | true
          permessage-deflate; server_no_context_takeover; server_max_window_bits=7   | false
          permessage-deflate; server_no_context_takeover; server_max_window_bits     | false
          permessage-deflate; server_no_context_takeover; client_max_window_bits=9   | false
          permessage-deflate; server_no_context_takeover; client_max_window_bits=15  | false
          permessage-deflate; server_no_context_takeover; mystery                    | false
          permessage-deflate                                                         | false
          mystery; server_no_context_takeover                                        | false
          """)
  void agreesToNothingThatItDidNotOffer(String answer, boolean agreed) {
    assertThat(CompressionOffer.agreed(List.of(answer))).isEqualTo(agreed);
  }

  @Test
  void callsAndUnpacksTheAnswer() {
    String text = "x".repeat(10_000);
    try (TestServer server =
            TestServer.routing(head ->
                new HttpRoute(
                    1_000,
                    (request, exchange) ->
                        exchange.answer(
                            HttpAnswer.text(201, text + request.body().length)
                                .with("ETag", "\"3\""))));
        JdkHttpCaller caller = JdkHttpCaller.create(10_100, Optional.empty());
        JdkHttpCaller narrow = JdkHttpCaller.create(9_000, Optional.empty())) {
      HttpCall call =
          new HttpCall(
              "POST",
              server.uri("/"),
              Headers.of("Content-Type", "text/plain"),
              new byte[7],
              Duration.ofSeconds(10));

      HttpAnswer answer = caller.call(call).toCompletableFuture().join();

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.body()).asString().isEqualTo(text + "7");
      assertThat(answer.headers().first("ETag")).contains("\"3\"");
      assertThatThrownBy(() -> narrow.call(call).toCompletableFuture().join())
          .hasCauseInstanceOf(LinkFailure.class);
    }
  }
}
