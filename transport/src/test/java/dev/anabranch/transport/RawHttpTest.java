package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP/1.1 byte by byte: whatever is wrong gets a status and a problem, never a dropped socket.
final class RawHttpTest {
  private static final CountDownLatch GONE = new CountDownLatch(1);
  private static final CountDownLatch GIVEN_UP = new CountDownLatch(2);
  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start(
            TestServer.plain().with(TransportLimits.defaults().with(TestServer.hurried())),
            RawHttpTest::route,
            TestServer.NO_LINKS);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpRoute route(RequestHead head) {
    return switch (head.target().path()) {
      case "/echo" ->
          new HttpRoute(
              100,
              (request, exchange) -> exchange.answer(HttpAnswer.of(200, "a/b", request.body())));
      case "/endless" ->
          HttpRoute.withoutBody((request, exchange) -> {
            exchange.onClosed(GONE::countDown);
            BodyWriter body = exchange.stream(200, Headers.of("Content-Type", "text/plain"));
            Runnable more =
                () -> {
                  while (body.writable() && !body.closed()) {
                    body.write(new byte[10_000]);
                  }
                };
            body.onWritable(more);
            more.run();
          });
      case "/open" ->
          HttpRoute.withoutBody((request, exchange) -> {
            exchange.onClosed(GIVEN_UP::countDown);
            exchange.stream(200, Headers.of("Content-Type", "text/event-stream")).flush();
            exchange.onClosed(GIVEN_UP::countDown);
          });
      case "/giving-up" ->
          HttpRoute.withoutBody((request, exchange) -> {
            BodyWriter body = exchange.stream(200, Headers.empty());
            body.write(new byte[] {'a'});
            body.flush();
            body.abort();
          });
      default -> HttpRoute.answering(HttpAnswer.text(200, head.target().path()));
    };
  }

  private static String ask(String raw) throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      return peer.send(raw.replace("|", "\r\n")).readAll();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          # what is wrong              ! the request                                                        ! status ! code
          a line that is no request    ! nonsense||                                                         ! 400 ! bad_request
          a version from the future    ! GET / HTTP/3.0|Host: a||                                           ! 505 ! http_version
          no host                      ! GET / HTTP/1.1||                                                   ! 400 ! bad_request
          two hosts                    ! GET / HTTP/1.1|Host: a|Host: b||                                   ! 400 ! bad_request
          a header without a colon     ! GET / HTTP/1.1|Host: a|what is this||                              ! 400 ! bad_request
          a space before the colon     ! GET / HTTP/1.1|Host : a||                                          ! 400 ! bad_request
          two lengths                  ! POST /echo HTTP/1.1|Host: a|Content-Length: 1|Content-Length: 2||  ! 400 ! bad_request
          a negative length            ! POST /echo HTTP/1.1|Host: a|Content-Length: -1||                   ! 400 ! bad_request
          a length that is no number   ! POST /echo HTTP/1.1|Host: a|Content-Length: x||                    ! 400 ! bad_request
          a chunk that is no chunk     ! POST /echo HTTP/1.1|Host: a|Transfer-Encoding: chunked||zz|        ! 400 ! bad_request
          a body that is too long      ! POST /echo HTTP/1.1|Host: a|Content-Length: 101||                  ! 413 ! too_large
          a chunk that never comes     ! POST /echo HTTP/1.1|Host: a|Transfer-Encoding: chunked||65|        ! 408 ! too_slow
          a path with dots             ! GET /a/../b HTTP/1.1|Host: a||                                     ! 400 ! bad_target
          a target that is no path     ! GET * HTTP/1.1|Host: a||                                           ! 400 ! bad_target
          a header that never ends     ! GET / HTTP/1.1|Host: a|                                            ! 408 ! too_slow
          half a first line            ! GET                                                                ! 408 ! too_slow
          a body that never comes      ! POST /echo HTTP/1.1|Host: a|Content-Length: 5||abc                 ! 408 ! too_slow
          a WebSocket by POST          ! POST / HTTP/1.1|Host: a|Upgrade: websocket|Connection: Upgrade||   ! 400 ! bad_handshake
          a WebSocket without a key    ! GET / HTTP/1.1|Host: a|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 13|| ! 400 ! bad_handshake
          an old WebSocket             ! GET / HTTP/1.1|Host: a|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 8||  ! 426 ! websocket_version
          """)
  void answersWhatIsWrong(String what, String request, int status, String code) throws Exception {
    assertThat(ask(request))
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("application/problem+json")
        .contains("\"code\":\"" + code + "\"")
        .containsIgnoringCase("connection: close");
  }

  @Test
  void aStreamThatAnswersHeadIsGivenUp() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.send("HEAD /open HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(peer.readHead()).startsWith("HTTP/1.1 200 ").contains("text/event-stream");
      assertThat(GIVEN_UP.await(10, TimeUnit.SECONDS)).isTrue();
      peer.send("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(peer.readAll()).startsWith("HTTP/1.1 200 ").endsWith("/next");
    }
  }

  @Test
  void answersChunksThatAreTooLong() throws Exception {
    assertThat(
            ask(
                "POST /echo HTTP/1.1|Host: a|Transfer-Encoding: chunked||32|"
                    + "a".repeat(50)
                    + "|33|"
                    + "a".repeat(51)
                    + "|"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void answersAFirstLineThatIsTooLong() throws Exception {
    assertThat(ask("GET /" + "a".repeat(9_000) + " HTTP/1.1|Host: a||"))
        .startsWith("HTTP/1.1 414 ")
        .contains("target_too_long");
  }

  @Test
  void answersHeadersThatAreTooLarge() throws Exception {
    assertThat(ask("GET / HTTP/1.1|Host: a|X: " + "a".repeat(9_000) + "||"))
        .startsWith("HTTP/1.1 431 ")
        .contains("headers_too_large");
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      requests.append("GET /").append(i).append(" HTTP/1.1|Host: a||");
    }
    String answers = ask(requests + "GET /last HTTP/1.1|Host: a|Connection: close||");

    assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(5_002);
    assertThat(answers.indexOf("/17HTTP")).isLessThan(answers.indexOf("/18HTTP"));
    assertThat(answers).endsWith("/last");
  }

  @Test
  void speaksHttp10() throws Exception {
    assertThat(ask("GET /old HTTP/1.0||")).startsWith("HTTP/1.1 200 OK").endsWith("/old");
  }

  @Test
  void closesAConnectionOnWhichNothingIsAsked() throws Exception {
    try (RawPeer silent = new RawPeer(server.port());
        RawPeer finished = new RawPeer(server.port())) {
      finished.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      finished.read(2);

      assertThat(silent.ended()).isTrue();
      assertThat(finished.ended()).isTrue();
    }
  }

  @Test
  void doesNotWaitForAnotherProtocolForEver() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      assertThat(peer.send("PRI * HTTP/2").ended()).isTrue();
    }
  }

  @Test
  void cutsOffAPeerThatTakesNothing() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").readHead();

      assertThat(GONE.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(server.counts.of("missed WRITE")).isEqualTo(1);
      assertThat(server.counts.of("broken")).isPositive();
    }
  }

  @Test
  void showsThatAStreamWasGivenUp() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.send("GET /giving-up HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(peer.readHead()).containsIgnoringCase("transfer-encoding: chunked");

      assertThat(peer.readAll()).doesNotContain("0\r\n\r\n");
    }
  }
}
