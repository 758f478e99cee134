package dev.anabranch.transport;

import dev.anabranch.link.Admission;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.LinkAcceptor;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// A server on a free port of this machine, with loops of its own that look at deadlines every 20
/// ms.
final class TestServer implements AutoCloseable {
  static final HttpRouter NO_ROUTES =
      head -> HttpRoute.answering(HttpAnswer.problem(404, "absent", "there is nothing here"));
  static final LinkAcceptor NO_LINKS =
      handshake ->
          CompletableFuture.completedFuture(
              Admission.refuse(HttpAnswer.problem(404, "absent", "no links here")));

  final NettyLoops loops = NettyLoops.start(2, 20);
  final Counts counts = new Counts();
  final TransportServer server;

  private TestServer(TransportSettings settings, HttpRouter router, LinkAcceptor acceptor) {
    server = TransportServer.start(settings, loops, router, acceptor, counts);
  }

  static TestServer start(TransportSettings settings, HttpRouter router, LinkAcceptor acceptor) {
    return new TestServer(settings, router, acceptor);
  }

  static TestServer routing(HttpRouter router) {
    return start(plain(), router, NO_LINKS);
  }

  static TestServer admitting(LinkAcceptor acceptor) {
    return start(plain(), NO_ROUTES, acceptor);
  }

  static TransportSettings plain() {
    return TransportSettings.of(Listen.plain("127.0.0.1", 0));
  }

  /// Settings whose deadlines are short enough for a test.
  static TransportLimits.Http hurried() {
    return new TransportLimits.Http(8_192, 400, 400, 600, 500, 65_536, 100, 67_108_864, 67_108_864);
  }

  int port() {
    return server.addresses().getFirst().getPort();
  }

  URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + port() + pathAndQuery);
  }

  URI ws(String path) {
    return URI.create("ws://127.0.0.1:" + port() + path);
  }

  @Override
  public void close() {
    try {
      server.drain(Duration.ofMillis(200));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.close();
  }
}
