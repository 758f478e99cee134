package dev.anabranch.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.link.BodyOutput;
import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.RequestHead;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What handlers answer, as the JDK's client sees it over HTTP/1.1.
final class HttpServingTest {
  private static final int LARGE_BYTES = 3_000_000;
  private static final AtomicReference<RequestHead> LAST = new AtomicReference<>();
  private static final AtomicReference<BodyWriter> OPEN = new AtomicReference<>();
  private static final CompletableFuture<String> BROKEN = new CompletableFuture<>();
  private static TestServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    server = TestServer.routing(HttpServingTest::route);
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static HttpRoute route(RequestHead head) {
    LAST.set(head);
    return switch (head.target().path()) {
      case "/text" -> HttpRoute.answering(HttpAnswer.text(200, "hello"));
      case "/echo" ->
          new HttpRoute(
              1_000_000,
              (request, exchange) ->
                  exchange.answer(HttpAnswer.of(200, "application/octet-stream", request.body())));
      case "/large" ->
          HttpRoute.withoutBody((request, exchange) ->
              exchange.answer(HttpAnswer.text(200, "x".repeat(LARGE_BYTES))));
      case "/later" ->
          HttpRoute.withoutBody((request, exchange) ->
              Thread.startVirtualThread(() -> exchange.answer(HttpAnswer.text(202, "later"))));
      case "/stream" ->
          HttpRoute.withoutBody((request, exchange) -> {
            BodyWriter body =
                exchange.stream(200, Headers.of("Content-Type", "application/x-ndjson"));
            BodyOutput output = new BodyOutput(exchange, body);
            Thread.startVirtualThread(() -> lines(output));
          });
      case "/events" ->
          HttpRoute.withoutBody((request, exchange) -> {
            BodyWriter body = exchange.stream(200, Headers.of("Content-Type", "text/event-stream"));
            OPEN.set(body); // before the client can have heard anything
            body.write("data: 1\n\n".getBytes(UTF_8));
            body.flush();
          });
      case "/burst" ->
          HttpRoute.withoutBody((request, exchange) -> {
            BodyWriter body = exchange.stream(200, Headers.of("Content-Type", "text/csv"));
            body.write(noise(2_000_000));
            body.write(noise(1_000));
            body.finish();
          });
      case "/endless" ->
          HttpRoute.withoutBody((request, exchange) -> {
            BodyWriter body = exchange.stream(200, Headers.empty());
            BodyOutput output = new BodyOutput(exchange, body);
            Thread.startVirtualThread(() -> endless(output));
          });
      case "/throw" ->
          HttpRoute.withoutBody((request, exchange) -> {
            throw new IllegalStateException("on purpose");
          });
      case "/unrouted" -> throw new IllegalStateException("on purpose");
      case "/nothing" -> HttpRoute.answering(HttpAnswer.empty(204));
      case "/same" -> HttpRoute.answering(HttpAnswer.empty(304).with("ETag", "\"1\""));
      default -> TestServer.NO_ROUTES.route(head);
    };
  }

  private static void lines(BodyOutput output) {
    try (output) {
      for (int i = 0; i < 100_000; i++) {
        output.write(("{\"line\":" + i + "}\n").getBytes(UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void endless(BodyOutput output) {
    try {
      while (true) {
        output.write(new byte[1_000]);
      }
    } catch (IOException e) {
      BROKEN.complete(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] noise(int length) {
    byte[] noise = new byte[length];
    new SplittableRandom(9110).nextBytes(noise);
    return noise;
  }

  private static HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String unzipped(byte[] gzip) throws IOException {
    return new String(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes(), UTF_8);
  }

  @Test
  void answersWithStatusHeadersAndBody() throws Exception {
    HttpResponse<byte[]> answer = get("/text?scope=org%3A1", "X-Test", "1");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).asString().isEqualTo("hello");
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    assertThat(answer.headers().firstValue("Content-Length")).contains("5");
    assertThat(answer.headers().firstValue("Date").orElseThrow()).endsWith(" GMT");
    RequestHead head = LAST.get();
    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.target().parameter("scope")).contains("org:1");
    assertThat(head.headers().first("x-test")).contains("1");
    assertThat(head.peer().loopback()).isTrue();
    assertThat(head.peer().secure()).isFalse();
  }

  @Test
  void handsOverTheBody() throws Exception {
    byte[] body = "é".repeat(200_000).getBytes(UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/echo")).POST(BodyPublishers.ofByteArray(body)).build();

    assertThat(client.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
  }

  @Test
  void handsOverABodyOfUnknownLength() throws Exception {
    byte[] body = "chunk".repeat(10_000).getBytes(UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/echo"))
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build();

    assertThat(client.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
  }

  @Test
  void refusesABodyLongerThanItsRouteAllows() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/echo"))
            .POST(BodyPublishers.ofByteArray(new byte[1_000_001]))
            .build();

    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.body()).contains("\"code\":\"too_large\"").contains("1000000");
  }

  private static HttpResponse<String> encoded(BodyPublisher body, String... codings)
      throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/echo")).POST(body);
    for (String coding : codings) {
      request.header("Content-Encoding", coding);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "GZIP", "identity, gzip", "x-unheard-of"})
  void refusesABodyInAnEncodingAndSaysWhichItTakes(String coding) throws Exception {
    HttpResponse<String> answer = encoded(BodyPublishers.ofString("squeezed"), coding);

    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(answer.headers().firstValue("Accept-Encoding")).contains("identity");
    assertThat(answer.body()).contains("\"code\":\"encoded_body\"");
  }

  @Test
  void refusesAnEncodingInTheSecondLineAndOfABodyOfUnknownLength() throws Exception {
    BodyPublisher stream =
        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[10]));

    assertThat(encoded(BodyPublishers.ofString("a"), "identity", "gzip").statusCode())
        .isEqualTo(415);
    assertThat(encoded(stream, "gzip").statusCode()).isEqualTo(415);
  }

  @Test
  void takesABodyAsItIsAndAsksNothingOfNone() throws Exception {
    assertThat(encoded(BodyPublishers.ofString("plain"), "Identity").body()).isEqualTo("plain");
    assertThat(encoded(BodyPublishers.noBody(), "gzip").statusCode()).isEqualTo(200);
  }

  @Test
  void asksForTheBodyOnlyWhenItIsWanted() throws Exception {
    HttpRequest small =
        HttpRequest.newBuilder(server.uri("/echo"))
            .expectContinue(true)
            .POST(BodyPublishers.ofString("wanted"))
            .build();
    HttpRequest large =
        HttpRequest.newBuilder(server.uri("/echo"))
            .expectContinue(true)
            .POST(BodyPublishers.ofByteArray(new byte[2_000_000]))
            .build();

    assertThat(client.send(small, BodyHandlers.ofString()).body()).isEqualTo("wanted");
    assertThat(client.send(large, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
  }

  @Test
  void answersFromAnotherThread() throws Exception {
    assertThat(get("/later").statusCode()).isEqualTo(202);
  }

  @Test
  void writesALargeAnswerWhole() throws Exception {
    assertThat(get("/large").body()).hasSize(LARGE_BYTES);
  }

  @Test
  void compressesForAPeerThatAcceptsIt() throws Exception {
    HttpResponse<byte[]> answer = get("/large", "Accept-Encoding", "br, gzip;q=0.8");

    assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(answer.headers().allValues("Vary")).contains("accept-encoding");
    assertThat(unzipped(answer.body())).hasSize(LARGE_BYTES);
  }

  @Test
  void doesNotCompressWhatIsShortOrUnwanted() throws Exception {
    assertThat(get("/text", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
        .isEmpty();
    assertThat(get("/large", "Accept-Encoding", "gzip;q=0").headers().map())
        .doesNotContainKey("content-encoding");
  }

  @Test
  void streamsWithBackPressure() throws Exception {
    String plain = new String(get("/stream").body(), UTF_8);
    String zipped = unzipped(get("/stream", "Accept-Encoding", "gzip").body());

    assertThat(plain.lines()).hasSize(100_000).last().isEqualTo("{\"line\":99999}");
    assertThat(zipped).isEqualTo(plain);
  }

  @Test
  void writesABurstWhole() throws Exception {
    assertThat(get("/burst").body()).hasSize(2_001_000);
    byte[] zipped = get("/burst", "Accept-Encoding", "gzip").body();
    assertThat(new GZIPInputStream(new ByteArrayInputStream(zipped)).readAllBytes())
        .hasSize(2_001_000);
  }

  @Test
  void tellsAWriterThatThePeerHasGone() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
    }

    assertThat(BROKEN.get(10, TimeUnit.SECONDS)).isEqualTo("the peer has gone");
  }

  @Test
  void sendsEventsAsTheyAreWritten() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/events")).header("Accept-Encoding", "gzip").build();
    HttpResponse<java.io.InputStream> answer = client.send(request, BodyHandlers.ofInputStream());

    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    try (var in = answer.body()) {
      assertThat(new String(in.readNBytes(9), UTF_8)).isEqualTo("data: 1\n\n");
      OPEN.get().write("data: 2\n\n".getBytes(UTF_8));
      OPEN.get().flush();
      assertThat(new String(in.readNBytes(9), UTF_8)).isEqualTo("data: 2\n\n");
      OPEN.get().finish();
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void leavesTheBodyOutForHead() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/large"))
            .method("HEAD", BodyPublishers.noBody())
            .build();

    HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());

    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Content-Length")).contains("" + LARGE_BYTES);
    assertThat(get("/text").statusCode()).isEqualTo(200);
  }

  @Test
  void answersWithoutABodyWhereTheStatusHasNone() throws Exception {
    assertThat(get("/nothing").statusCode()).isEqualTo(204);
    HttpResponse<byte[]> same = get("/same");
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.headers().firstValue("ETag")).contains("\"1\"");
  }

  @Test
  void answersForAHandlerThatFails() throws Exception {
    HttpResponse<byte[]> answer = get("/throw");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .asString()
        .contains("\"code\":\"internal\"")
        .doesNotContain("purpose");
    assertThat(get("/unrouted").statusCode()).isEqualTo(500);
  }

  @Test
  void answersForAPathThatCouldBeMisread() throws Exception {
    HttpResponse<byte[]> answer = get("/a/%2e%2e/b");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).asString().contains("\"code\":\"bad_target\"");
  }
}
