package dev.anabranch.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.link.Admission;
import dev.anabranch.link.BodyWriter;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class DrainTest {
  private final BlockingQueue<Exchange> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<Recorder> opened = new LinkedBlockingQueue<>();
  private TestServer server;

  @BeforeEach
  void start() {
    server =
        TestServer.start(
            TestServer.plain(),
            head -> HttpRoute.withoutBody((request, exchange) -> asked.add(exchange)),
            handshake ->
                CompletableFuture.completedFuture(
                    Admission.accept(link -> {
                      Recorder recorder = new Recorder(link);
                      opened.add(recorder);
                      return recorder;
                    })));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private CompletableFuture<Boolean> drain(Duration timeout) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.server.drain(timeout);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  @Test
  void letsARequestFinishAndTellsLinksToComeBack() throws Exception {
    try (RawPeer asking = new RawPeer(server.port());
        RawPeer idle = new RawPeer(server.port());
        RawPeer linked = new RawPeer(server.port())) {
      linked.upgrade("/");
      idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      asked.take().answer(HttpAnswer.empty(204));
      idle.readHead();
      asking.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      Exchange exchange = asked.take();

      CompletableFuture<Boolean> drained = drain(Duration.ofSeconds(10));

      assertThat(idle.ended()).isTrue();
      RawPeer.Arrived close = linked.readFrame();
      assertThat(close.closeCode()).isEqualTo(1001);
      assertThat(close.closeReason()).isEqualTo("the server is going away");
      linked.frame(0x88, new byte[] {3, (byte) 0xe9});
      assertThat(linked.ended()).isTrue();
      assertThat(opened.take().end()).startsWith("closed 1001");
      assertThat(drained).isNotDone();

      exchange.answer(HttpAnswer.text(200, "finished"));
      assertThat(asking.readAll()).startsWith("HTTP/1.1 200 OK").endsWith("finished");
      asking.close();
      assertThat(drained.join()).isTrue();
    }
  }

  @Test
  void tellsWhoeverAnswersForLongToComeToAnEnd() throws Exception {
    try (RawPeer asking = new RawPeer(server.port())) {
      asking.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      Exchange exchange = asked.take();
      BodyWriter body = exchange.stream(200, Headers.empty());
      CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
      exchange.onDraining(() -> {
        onLoop.complete(exchange.loop().inLoop());
        exchange.onDraining(body::finish); // at once, for it has begun
      });

      CompletableFuture<Boolean> drained = drain(Duration.ofSeconds(10));

      assertThat(asking.readAll()).startsWith("HTTP/1.1 200 OK").endsWith("0\r\n\r\n");
      assertThat(onLoop.join()).isTrue();
      asking.close();
      assertThat(drained.join()).isTrue();
    }
  }

  @Test
  void takesNoMoreConnections() throws Exception {
    int port = server.port();
    assertThat(drain(Duration.ofSeconds(1)).join()).isTrue();

    assertThatThrownBy(() -> connectAgainAndAgain(port)).isInstanceOf(IOException.class);
  }

  /// Without epoll a port stays open until the selector's next round.
  private static void connectAgainAndAgain(int port) throws Exception {
    for (int i = 0; i < 200; i++) {
      new RawPeer(port).close();
      Thread.sleep(10);
    }
  }

  @Test
  void cutsOffWhatDoesNotEndInTime() throws Exception {
    try (RawPeer asking = new RawPeer(server.port())) {
      asking.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      Exchange exchange = asked.take();
      CompletableFuture<Void> gone = new CompletableFuture<>();
      exchange.onClosed(() -> gone.complete(null));

      assertThat(drain(Duration.ofMillis(50)).join()).isFalse();

      assertThat(asking.ended()).isTrue();
      gone.join();
      exchange.answer(HttpAnswer.empty(204));
    }
  }
}
