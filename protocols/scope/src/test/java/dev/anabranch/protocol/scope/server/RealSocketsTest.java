package dev.anabranch.protocol.scope.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.Answer;
import dev.anabranch.link.door.SyncDoor;
import dev.anabranch.protocol.scope.wire.BootstrapPage;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.PushOutcome;
import dev.anabranch.protocol.scope.wire.Ref;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ErrorAnswer;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Live;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Pushed;
import dev.anabranch.protocol.scope.wire.ScopeMessage.Sync;
import dev.anabranch.protocol.scope.wire.ScopeMessage.ToClient;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.testkit.MemoryStore;
import dev.anabranch.transport.Listen;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TransportMetrics;
import dev.anabranch.transport.TransportServer;
import dev.anabranch.transport.TransportSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The gateway on real sockets, with the JDK's clients at the other end.
class RealSocketsTest {
  private static final NettyLoops LOOPS = NettyLoops.start(2, 20);
  private static final ExecutorService WRITER = Executors.newSingleThreadExecutor();
  private static final ExecutorService TELLER = Executors.newSingleThreadExecutor();
  private static final ExecutorService READERS = Executors.newFixedThreadPool(4);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static @Nullable TransportServer server;

  @BeforeAll
  static void serve() {
    EngineThreads threads =
        new EngineThreads(
            WRITER,
            TELLER,
            READERS,
            (millis, task) ->
                CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(task),
            InstantSource.system(),
            System::nanoTime);
    Engine engine =
        new Engine(
            MemoryStore::fresh, World.MODELS, threads, EngineLimits.DEFAULT, EngineObserver.NONE);
    ScopeGateway gateway =
        new ScopeGateway(
            engine,
            new ScopePolicy(ScopeLimits.DEFAULT, true),
            (token, peer) -> CompletableFuture.completedFuture(new Answer.Given<>(World.LOCAL)),
            new ScopeSeams(InstantSource.system(), System::nanoTime, new Random(1)),
            ScopeObserver.NONE);
    SyncDoor door =
        new SyncDoor(
            List.of(gateway),
            gateway::refuses,
            ScopeGateway.unknownProtocol(),
            Duration.ofSeconds(10));
    server =
        TransportServer.start(
            TransportSettings.of(Listen.plain("127.0.0.1", 0)),
            LOOPS,
            gateway.router(),
            door,
            TransportMetrics.NONE);
  }

  @AfterAll
  static void stop() {
    Objects.requireNonNull(server).close();
    HTTP.close();
    WRITER.shutdown();
    TELLER.shutdown();
    READERS.shutdown();
    LOOPS.close();
  }

  @Test
  void whatIsPushedOnOneSocketIsHeardOnAnother() throws Exception {
    try (Socket reader = new Socket();
        Socket writer = new Socket()) {
      reader.say("{\"type\":\"subscribe\",\"scope\":\"org:a\",\"lastSyncId\":0}");
      reader.next();
      assertThat(reader.next()).isInstanceOf(Live.class);

      writer.say(push("org:a", 1, 3));

      assertThat(outcomes(writer.next())).containsExactly("applied", "applied", "applied");
      assertThat(reader.events(3))
          .extracting(event -> event.modelId().text())
          .containsExactly("m1", "m2", "m3");
    }
  }

  @Test
  void pipelinedPushesAreAnsweredInOrder() throws Exception {
    try (Socket writer = new Socket()) {
      for (int n = 1; n <= 60; n++) {
        writer.say(push("org:b", n, n));
      }
      for (int n = 1; n <= 60; n++) {
        assertThat(((Pushed) writer.next()).ref()).isEqualTo(new Ref("p" + n));
      }
    }
  }

  @Test
  void aReaderThatPausesLosesNothing() throws Exception {
    try (Socket reader = new Socket();
        Socket writer = new Socket()) {
      reader.say("{\"type\":\"subscribe\",\"scope\":\"org:c\",\"lastSyncId\":0}");
      reader.next();
      reader.next();
      reader.pause();
      String big = "x".repeat(40_000);
      for (int n = 1; n <= 200; n++) {
        writer.say(push("org:c", n, n).replace("text-", big));
        writer.next();
      }

      reader.goOn();

      assertThat(reader.events(200))
          .extracting(SyncEvent::seq)
          .isEqualTo(IntStream.rangeClosed(1, 200).asLongStream().boxed().toList());
    }
  }

  @Test
  void aFirstFrameOfNoProtocolIsAnsweredAndClosesWith1002() throws Exception {
    try (Socket stranger = new Socket()) {
      stranger.say("{\"type\":\"hello\"}");

      assertThat(((ErrorAnswer) stranger.next()).code()).isEqualTo("unknown_protocol");
      assertThat(stranger.closed.get(10, TimeUnit.SECONDS)).isEqualTo(1002);
    }
  }

  @Test
  void aBootstrapComesWholeCompressedAndOnlyOnce() throws Exception {
    try (Socket writer = new Socket()) {
      for (int n = 0; n < 5; n++) {
        writer.say(push("org:d", n * 500 + 1, n * 500 + 500));
        writer.next();
      }
    }
    HttpResponse<byte[]> answer =
        HTTP.send(
            request("/sync/bootstrap?scope=org:d").header("Accept-Encoding", "gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
    BootstrapPage page = bootstrap(answer.body());
    assertThat(page.models().get(World.MESSAGE)).hasSize(2500);
    String tag = answer.headers().firstValue("ETag").orElseThrow();
    assertThat(
            HTTP.send(
                    request("/sync/bootstrap?scope=org:d").header("If-None-Match", tag).build(),
                    HttpResponse.BodyHandlers.ofByteArray())
                .statusCode())
        .isEqualTo(304);
  }

  @Test
  void aWaitingDeltaAndALiveStreamHearWhatIsPosted() throws Exception {
    CompletableFuture<HttpResponse<String>> delta =
        HTTP.sendAsync(
            request("/sync/delta?scope=org:e&wait=20").build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<java.util.stream.Stream<String>> live =
        HTTP.send(
            request("/sync/live?scope=org:e&lastSyncId=0").build(),
            HttpResponse.BodyHandlers.ofLines());

    HttpResponse<String> posted =
        HTTP.send(
            request("/api/messages")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"scope\":\"org:e\",\"id\":\"m1\",\"content\":\"hello\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(posted.statusCode()).isEqualTo(201);
    assertThat(delta.get(20, TimeUnit.SECONDS).body()).contains("\"model_id\":\"m1\"");
    try (java.util.stream.Stream<String> lines = live.body()) {
      Iterator<String> each = lines.iterator();
      String line = each.next();
      while (!line.startsWith("data: ") || line.contains("lastSyncId")) {
        line = each.next();
      }
      assertThat(line).contains("\"content\":\"hello\"");
    }
  }

  private static HttpRequest.Builder request(String target) {
    return HttpRequest.newBuilder(URI.create("http://" + address() + target));
  }

  private static String address() {
    return "127.0.0.1:" + Objects.requireNonNull(server).addresses().getFirst().getPort();
  }

  private static BootstrapPage bootstrap(byte[] zipped) throws IOException {
    byte[] body;
    try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      body = unzipped.readAllBytes();
    }
    if (ScopeBodies.ofClient().bootstrap(body)
        instanceof Decoded.Good<BootstrapPage>(BootstrapPage page)) {
      return page;
    }
    throw new AssertionError("not a bootstrap");
  }

  private static String push(String scope, int from, int to) {
    return ScopeSessionTest.push(
        "p" + from,
        IntStream.rangeClosed(from, to)
            .mapToObj(
                n -> ScopeSessionTest.insert("k" + n, "m" + n, "text-" + n).replace("org:1", scope))
            .toArray(String[]::new));
  }

  private static List<String> outcomes(ToClient message) {
    return ((Pushed) message).outcomes().stream().map(PushOutcome::status).toList();
  }

  /// A client that asks for one frame after the other.
  private static final class Socket implements WebSocket.Listener, AutoCloseable {
    private static final ScopeCodec CODEC = ScopeCodec.ofClient();

    private final LinkedBlockingQueue<ToClient> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder frame = new StringBuilder();
    private final WebSocket socket;
    private volatile boolean paused;

    Socket() {
      socket =
          HTTP.newWebSocketBuilder()
              .buildAsync(URI.create("ws://" + address() + "/sync"), this)
              .join();
    }

    void say(String text) throws Exception {
      socket.sendText(text, true).get(10, TimeUnit.SECONDS);
    }

    void pause() {
      paused = true;
    }

    void goOn() {
      paused = false;
      socket.request(1);
    }

    ToClient next() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(20, TimeUnit.SECONDS), "nothing came in time");
    }

    List<SyncEvent> events(int count) throws InterruptedException {
      List<SyncEvent> events = new ArrayList<>();
      while (events.size() < count) {
        events.addAll(((Sync) next()).events());
      }
      return events;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      frame.append(text);
      if (last) {
        if (CODEC.toClient(frame.toString()) instanceof Decoded.Good<ToClient>(ToClient message)) {
          heard.add(message);
        }
        frame.setLength(0);
      }
      if (!paused || !last) {
        from.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void close() {
      socket.abort();
    }
  }
}
