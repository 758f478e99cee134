package dev.anabranch.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.SharedFrame;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Links as sessions see them, with the JDK's client, our own and bare sockets at the other end.
final class LinkServingTest {
  private final BlockingQueue<Recorder> opened = new LinkedBlockingQueue<>();
  private final AtomicReference<Handshake> handshake = new AtomicReference<>();
  private TestServer server;

  @BeforeEach
  void start() {
    server = TestServer.admitting(this::admit);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private CompletionStage<Admission> admit(Handshake asked) {
    handshake.set(asked);
    return switch (asked.target().path()) {
      case "/refused" -> now(Admission.refuse(HttpAnswer.problem(403, "forbidden", "not you")));
      case "/spoken" -> now(Admission.accept("b", this::echo));
      case "/later" ->
          CompletableFuture.supplyAsync(
              () -> Admission.accept(this::echo),
              CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
      case "/unoffered" -> now(Admission.accept("unheard of", this::echo));
      case "/broken" -> CompletableFuture.failedFuture(new IllegalStateException("on purpose"));
      case "/greeting" -> now(Admission.accept(link -> greeting(link)));
      case "/failing" -> now(Admission.accept(link -> failing(link)));
      case "/fickle" ->
          now(
              Admission.accept(link -> {
                link.close(4_000, "changed my mind");
                return echo(link);
              }));
      case "/small" -> now(Admission.accept(this::echo).withMessageBytesMax(1_000));
      case "/coded" ->
          now(Admission.accept(this::echo).withMessageBytesMax(1_000).withTooLargeCode(4_413));
      default -> now(Admission.accept(this::echo));
    };
  }

  private static CompletionStage<Admission> now(Admission admission) {
    return CompletableFuture.completedFuture(admission);
  }

  private LinkHandler echo(Link link) {
    Echo echo = new Echo(link);
    opened.add(echo);
    return echo;
  }

  private static LinkHandler greeting(Link link) {
    return new Recorder(link) {
      @Override
      public void opened() {
        link.outbox().send(Frame.text("welcome"));
      }
    };
  }

  private LinkHandler failing(Link link) {
    Recorder recorder =
        new Recorder(link) {
          @Override
          public void text(String message) {
            throw new IllegalStateException("on purpose");
          }
        };
    opened.add(recorder);
    return recorder;
  }

  private Recorder session() throws InterruptedException {
    return Objects.requireNonNull(opened.poll(10, TimeUnit.SECONDS), "no session came");
  }

  private Recorder dial(String path) {
    AtomicReference<Recorder> mine = new AtomicReference<>();
    NettyDialer dialer =
        NettyDialer.create(
            server.loops,
            TransportLimits.Links.defaults(),
            TransportMetrics.NONE,
            Optional.empty());
    dialer
        .dial(
            Dial.to(server.ws(path)).with("Authorization", "Bearer x"),
            link -> {
              mine.set(
                  new Recorder(link) {
                    @Override
                    public void opened() {
                      link.outbox().send(Frame.text("hello"));
                    }
                  });
              return mine.get();
            })
        .toCompletableFuture()
        .join();
    return mine.get();
  }

  @Test
  void tellsTheAcceptorWhoAsksForWhat() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade(
          "/sync?token=t",
          "Origin: https://app.example.org\r\n",
          "Sec-WebSocket-Protocol: a, b\r\n");
    }

    assertThat(handshake.get().target().segments()).containsExactly("sync");
    assertThat(handshake.get().target().parameter("token")).contains("t");
    assertThat(handshake.get().headers().first("Origin")).contains("https://app.example.org");
    assertThat(handshake.get().subprotocols()).containsExactly("a", "b");
    assertThat(handshake.get().peer().loopback()).isTrue();
  }

  @Test
  void carriesMessagesBothWays() throws Exception {
    Recorder client = dial("/");
    String text = "grüße ".repeat(100) + "\ufffd";
    client.link.execute(() -> {
      client.link.outbox().send(Frame.text("short"));
      client.link.outbox().send(Frame.text(text));
      client.link.outbox().send(Frame.binary(new byte[300_000]));
      client.link.outbox().flush();
    });

    assertThat(client.next()).isEqualTo("text hello");
    assertThat(client.next()).isEqualTo("text short");
    assertThat(client.next()).isEqualTo("text " + text);
    assertThat(client.next()).isEqualTo("binary 300000");
    assertThat(handshake.get().headers().first("Authorization")).contains("Bearer x");
  }

  @Test
  void speaksToTheClientOfTheJdk() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols("a", "b")
              .buildAsync(server.ws("/spoken"), new Listening(heard))
              .join();
      assertThat(socket.getSubprotocol()).isEqualTo("b");

      socket.sendText("frag", false).join();
      socket.sendText("ments", true).join();
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("fragments");
      socket.sendPing(ByteBuffer.wrap(new byte[] {1, 2})).join();
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("pong 2");
      socket.sendClose(4_001, "enough").join();
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("closed 4001");
    }
    assertThat(session().end()).isEqualTo("closed 4001 enough");
  }

  private record Listening(BlockingQueue<String> heard) implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      heard.add(text.toString());
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
      heard.add("pong " + payload.remaining());
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed " + code);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Test
  void sendsWhatASessionSaysAtOnceAfterTheHandshake() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      assertThat(peer.upgrade("/greeting").readFrame().text()).isEqualTo("welcome");
    }
  }

  @Test
  void takesFramesThatCameWithTheHandshake() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      byte[] request =
          ("GET / HTTP/1.1\r\n"
                  + "Host: a\r\n"
                  + "Upgrade: websocket\r\n"
                  + "Connection: keep-alive, Upgrade\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + "Sec-WebSocket-Version: 13\r\n\r\n")
              .getBytes(UTF_8);
      byte[] frame = RawPeer.masked(0x81, "early".getBytes(UTF_8));
      byte[] both = new byte[request.length + frame.length];
      System.arraycopy(request, 0, both, 0, request.length);
      System.arraycopy(frame, 0, both, request.length, frame.length);

      assertThat(peer.send(both).readHead()).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assertThat(peer.readFrame().text()).isEqualTo("early");
    }
  }

  @Test
  void refusesWithTheAcceptorsAnswer() {
    assertThatThrownBy(() -> dial("/refused"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(LinkFailure.class, e -> assertThat(e.status()).isEqualTo(403))
        .hasMessageContaining("not you");
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThatThrownBy(() ->
              http.newWebSocketBuilder()
                  .buildAsync(server.ws("/refused"), new WebSocket.Listener() {})
                  .join())
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }
  }

  @Test
  void waitsForAnAcceptorThatDecidesLater() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      assertThat(peer.upgrade("/later").text("a").readFrame().text()).isEqualTo("a");
    }
  }

  @Test
  void answersForAnAcceptorThatFails() {
    assertThatThrownBy(() -> dial("/broken"))
        .cause()
        .isInstanceOfSatisfying(LinkFailure.class, e -> assertThat(e.status()).isEqualTo(500));
    assertThatThrownBy(() -> dial("/unoffered"))
        .cause()
        .isInstanceOfSatisfying(LinkFailure.class, e -> assertThat(e.status()).isEqualTo(500));
  }

  @Test
  void opensBeforeItClosesForASessionThatChangesItsMind() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      assertThat(peer.upgrade("/fickle").readFrame().closeCode()).isEqualTo(4_000);
    }
    assertThat(session().end()).isEqualTo("closed 4000 changed my mind");
  }

  @Test
  void closesWhenASessionFails() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      RawPeer.Arrived close = peer.upgrade("/failing").text("a").readFrame();

      assertThat(close.opcode()).isEqualTo(8);
      assertThat(close.closeCode()).isEqualTo(1011);
    }
    assertThat(session().end()).startsWith("closed 1011");
  }

  @Test
  void tellsTheSessionWhenThePeerIsLost() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/");
    }

    assertThat(session().end()).isEqualTo("closed 1006 ");
  }

  @Test
  void deliversWhatWasSentBeforeTheGoodbye() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/");
      Link link = session().link;
      link.execute(() -> {
        link.outbox().send(Frame.text("last words"));
        link.close(4_403, "x".repeat(122) + "é");
        link.outbox().send(Frame.text("too late"));
        link.outbox().flush();
      });

      assertThat(peer.readFrame().text()).isEqualTo("last words");
      RawPeer.Arrived close = peer.readFrame();
      assertThat(close.closeCode()).isEqualTo(4_403);
      assertThat(close.closeReason()).isEqualTo("x".repeat(122));
      peer.frame(0x88, new byte[] {17, 51});
      assertThat(peer.ended()).isTrue();
    }
  }

  @Test
  void sharesOneFrameAmongManyLinks() throws Exception {
    try (RawPeer plain = new RawPeer(server.port());
        RawPeer second = new RawPeer(server.port());
        RawPeer deflating = new RawPeer(server.port())) {
      plain.upgrade("/");
      second.upgrade("/");
      deflating.upgrade("/", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
      String large = "shared ".repeat(100);
      SharedFrame frame = Frame.shared(List.of(Frame.text("first"), Frame.text(large)));
      for (int i = 0; i < 3; i++) {
        send(session().link, frame);
      }
      frame.close();

      for (RawPeer peer : List.of(plain, second)) {
        assertThat(peer.readFrame().text()).isEqualTo("first");
        assertThat(peer.readFrame().text()).isEqualTo(large);
      }
      assertThat(deflating.readFrame().compressed()).isFalse();
      RawPeer.Arrived compressed = deflating.readFrame();
      assertThat(compressed.compressed()).isTrue();
      assertThat(new FrameInflater().inflate(compressed.payload(), 10_000))
          .isEqualTo(large.getBytes(UTF_8));
    }
  }

  @Test
  void sendsASharedFrameThatWasClosedAlready() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/");
      SharedFrame frame = Frame.shared(Frame.text("late"));
      frame.close();

      send(session().link, frame);

      assertThat(peer.readFrame().text()).isEqualTo("late");
    }
  }

  private static void send(Link link, Frame frame) {
    CompletableFuture.runAsync(
            () -> {
              link.outbox().send(frame);
              link.outbox().flush();
            },
            link.loop())
        .join();
  }

  @Test
  void refusesToBeUsedFromElsewhere() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/");
      Link link = session().link;

      assertThatThrownBy(() -> link.outbox().send(Frame.text("a")))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> link.close(1006, "")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void keepsALinksOwnMessageLimit() throws Exception {
    try (RawPeer peer = new RawPeer(server.port())) {
      peer.upgrade("/small").text("x".repeat(1_000));
      assertThat(peer.readFrame().text()).hasSize(1_000);

      assertThat(peer.text("x".repeat(1_001)).readFrame().closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void closesALinkThatHasItsOwnCodeForLongMessagesWithThat() throws Exception {
    byte[] deflated = new FrameDeflater().deflate(new byte[1_001]);
    try (RawPeer whole = new RawPeer(server.port());
        RawPeer parts = new RawPeer(server.port());
        RawPeer bomb = new RawPeer(server.port());
        RawPeer wrong = new RawPeer(server.port())) {
      whole.upgrade("/coded").text("x".repeat(1_001));
      parts.upgrade("/coded").frame(0x02, new byte[1_000]).frame(0x80, new byte[1]);
      bomb.upgrade("/coded", "Sec-WebSocket-Extensions: permessage-deflate\r\n")
          .frame(0xc2, deflated);
      wrong.upgrade("/coded").frame(0x81, new byte[] {(byte) 0x80});

      assertThat(whole.readFrame().closeCode()).isEqualTo(4_413);
      assertThat(parts.readFrame().closeCode()).isEqualTo(4_413);
      assertThat(bomb.readFrame().closeCode()).isEqualTo(4_413);
      assertThat(wrong.readFrame().closeCode()).isEqualTo(1_007);
    }
  }
}
