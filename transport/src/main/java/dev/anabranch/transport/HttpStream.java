package dev.anabranch.transport;

import dev.anabranch.link.Admission;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Headers;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRoute;
import dev.anabranch.link.Peer;
import dev.anabranch.link.RequestHead;
import dev.anabranch.transport.TransportMetrics.Deadline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves requests one after the other: an HTTP/1.1 connection, or one stream of an HTTP/2
/// connection.
///
/// ```
/// IDLE → HEADER → BODY → ANSWERING → IDLE   (and so on, while the connection is kept)
///                   ↘ ADMITTING → (a link takes over)
/// ENDING: an answer was the last; what still arrives is dropped until the peer closes
/// ```
///
/// What a peer sends while its request is being answered waits; reading stops meanwhile. Wrong
/// requests are answered with their status and a problem body, and then the connection ends in
/// peace: closing at once would reset it, and the answer might never be seen.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, which is heard
final class HttpStream extends ChannelInboundHandlerAdapter implements Watched {
  private static final Logger LOG = LoggerFactory.getLogger(HttpStream.class);
  private static final int LINGER_MILLIS = 2_000;

  private enum Phase {
    IDLE,
    HEADER,
    BODY,
    ANSWERING,
    ADMITTING,
    ENDING
  }

  private final ServerContext server;
  private final Channel channel;
  private final NettyLoop loop;
  private final Peer peer;
  private final AnswerHeads heads;
  private final @Nullable ConnectionGuard guard;
  private final Deque<HttpObject> waiting = new ArrayDeque<>(0);
  private Phase phase = Phase.IDLE;
  private long sinceNanos;
  private int readsBefore;
  private boolean pumping;
  private @Nullable IncomingRequest incoming;
  private @Nullable HttpExchange exchange;

  /// @param guard counts reads on an HTTP/1.1 connection; absent for a stream of HTTP/2
  HttpStream(
      ServerContext server,
      Channel channel,
      NettyLoop loop,
      Peer peer,
      @Nullable ConnectionGuard guard) {
    this.server = server;
    this.channel = channel;
    this.loop = loop;
    this.peer = peer;
    this.guard = guard;
    this.heads = new AnswerHeads(server);
    this.sinceNanos = loop.watch().nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    loop.watch().add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loop.watch().remove(this);
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    dropIncoming();
  }

  @Override
  public void cut() {
    channel.close();
  }

  @Override
  public Object owner() {
    return server;
  }

  // --- what arrives

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HttpObject part) || phase == Phase.ENDING) {
      ReferenceCountUtil.release(message);
      return;
    }
    waiting.add(part);
    pump();
    if (!waiting.isEmpty()) {
      channel.config().setAutoRead(false);
    }
  }

  /// Takes what waits, until a request has to be answered first.
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (!waiting.isEmpty() && phase != Phase.ANSWERING && phase != Phase.ADMITTING) {
        take(waiting.remove());
      }
    } finally {
      pumping = false;
    }
  }

  private void take(HttpObject part) {
    try {
      if (phase == Phase.ENDING) {
        return;
      }
      if (part.decoderResult().isFailure()) {
        throw RequestIntake.undecodable(part.decoderResult().cause());
      }
      if (part instanceof HttpRequest request) {
        head(request);
      }
      if (part instanceof HttpContent content && phase == Phase.BODY) {
        body(content);
      }
    } catch (RequestIntake.Refusal refusal) {
      refuse(refusal.answer());
    } finally {
      ReferenceCountUtil.release(part);
    }
  }

  private void head(HttpRequest request) throws RequestIntake.Refusal {
    Headers headers = RequestIntake.headers(request);
    RequestHead head = RequestIntake.head(request, headers, peer);
    RequestTraits traits = RequestTraits.of(request, headers);
    enter(Phase.BODY);
    IncomingRequest next = new IncomingRequest(head, traits, route(head), server.bodies());
    incoming = next;
    next.announce(HttpUtil.getContentLength(request, 0L));
    if (HttpUtil.is100ContinueExpected(request)) {
      channel.writeAndFlush(
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    }
  }

  private HttpRoute route(RequestHead head) {
    if (upgrading(head)) {
      // A handshake is not routed; it only must not bring a body.
      return HttpRoute.withoutBody((request, open) -> {});
    }
    try {
      return Preflight.is(head)
          ? HttpRoute.answering(
              server
                  .router()
                  .preflight(head)
                  .orElseGet(() -> Preflight.answer(head, server.settings().origins())))
          : server.router().route(head);
    } catch (RuntimeException e) {
      LOG.error("no route could be found for {} {}", head.method(), head.target(), e);
      return HttpRoute.answering(failed());
    }
  }

  private void body(HttpContent content) throws RequestIntake.Refusal {
    IncomingRequest open = Objects.requireNonNull(incoming);
    open.add(content.content());
    if (content instanceof LastHttpContent) {
      if (upgrading(open.head())) {
        admit(open);
      } else {
        incoming = null;
        handle(open);
      }
    }
  }

  /// Whether a connection wants to become a WebSocket; a stream of HTTP/2 cannot.
  private boolean upgrading(RequestHead head) {
    return guard != null && Upgrade.requested(head.headers());
  }

  private void handle(IncomingRequest request) {
    enter(Phase.ANSWERING);
    HttpExchange open = open(request.traits(), request.share());
    try {
      request.handler().handle(request.whole(), open);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.head().method(), request.head().target(), e);
      if (!open.answerIfNone(failed())) {
        open.output().abort();
      }
    }
  }

  private HttpExchange open(RequestTraits traits, BodyRoom.@Nullable Share body) {
    ChannelHandlerContext context = channel.pipeline().context(this);
    HttpExchange open =
        new HttpExchange(
            server, traits, body, heads, context, loop, whole -> answered(traits, whole));
    exchange = open;
    return open;
  }

  // --- WebSocket

  private void admit(IncomingRequest request) throws RequestIntake.Refusal {
    if (server.draining().get()) {
      throw new RequestIntake.Refusal(TransportFault.UNAVAILABLE, "the server is going away");
    }
    Handshake handshake = Upgrade.handshake(request.head());
    enter(Phase.ADMITTING);
    channel.config().setAutoRead(false);
    try {
      server
          .acceptor()
          .admit(handshake)
          .whenComplete(
              (admission, failure) -> loop.run(() -> decide(handshake, admission, failure)));
    } catch (RuntimeException e) {
      decide(handshake, null, e);
    }
  }

  private void decide(
      Handshake handshake, @Nullable Admission admission, @Nullable Throwable failure) {
    if (phase != Phase.ADMITTING || !channel.isActive()) {
      return;
    }
    try {
      switch (admission) {
        case Admission.Accepted accepted -> Upgrade.accept(server, channel, handshake, accepted);
        case Admission.Refused refused -> refuse(refused.answer());
        case null -> throw new IllegalStateException("no admission was decided", failure);
      }
    } catch (RuntimeException e) {
      LOG.error("a handshake for {} failed", handshake.target(), e);
      refuse(failed());
    }
  }

  // --- answers and ends

  private static HttpAnswer failed() {
    return TransportFault.INTERNAL.answer("the server failed; it is not the request's fault");
  }

  private void refuse(HttpAnswer answer) {
    RequestTraits traits = incoming == null ? RequestTraits.UNKNOWN : incoming.traits();
    dropIncoming();
    enter(Phase.ENDING);
    server.metrics().httpRefused(answer.status());
    open(traits.withoutKeepAlive(), null).answer(answer);
    channel.config().setAutoRead(true);
  }

  private void dropIncoming() {
    IncomingRequest dropped = incoming;
    incoming = null;
    if (dropped != null) {
      dropped.drop();
    }
  }

  private void answered(RequestTraits traits, boolean whole) {
    HttpExchange done = exchange;
    exchange = null;
    if (!whole) {
      server.metrics().httpBroken();
      return;
    }
    if (phase != Phase.ENDING) {
      server.metrics().httpAnswered(done == null ? 0 : done.status());
    }
    if (guard == null) {
      // An HTTP/2 stream ends with its answer; if the request had not ended, it is told to stop.
      if (phase == Phase.ENDING) {
        channel.close();
      }
    } else if (!traits.keepAlive() || phase == Phase.ENDING || server.draining().get()) {
      end();
    } else {
      enter(Phase.IDLE);
      readsBefore = guard.reads();
      pump();
      if (waiting.isEmpty()) {
        channel.config().setAutoRead(true);
      }
    }
  }

  private void end() {
    enter(Phase.ENDING);
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
    channel.config().setAutoRead(true);
    // The peer sees the end and closes in its turn, or the deadline does; see the essay above.
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls != null) {
      tls.closeOutbound();
    } else if (channel instanceof SocketChannel socket) {
      socket.shutdownOutput();
    }
  }

  private void enter(Phase next) {
    phase = next;
    sinceNanos = loop.watch().nowNanos();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    HttpExchange open = exchange;
    if (open != null) {
      open.output().abort();
    }
    dropIncoming();
    phase = Phase.ENDING;
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection to {} lost", peer.addressText(), cause);
    context.close();
  }

  // --- deadlines

  @Override
  public void watch(long nowNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos);
    switch (phase) {
      case IDLE -> watchIdle(nowNanos, millis);
      case HEADER -> late(millis, server.http().headerMillis(), Deadline.HEADER, "header");
      case BODY -> late(millis, bodyMillis(), Deadline.BODY, "body");
      case ADMITTING -> watchAdmission(millis);
      case ANSWERING -> watchAnswer(nowNanos);
      case ENDING -> watchEnd(nowNanos, millis);
    }
  }

  private void watchIdle(long nowNanos, long millis) {
    if (guard != null && guard.reads() != readsBefore) {
      phase = Phase.HEADER;
      sinceNanos = readsBefore == 0 ? sinceNanos : nowNanos;
      return;
    }
    boolean fresh = readsBefore == 0;
    int allowed = fresh ? server.http().headerMillis() : server.http().idleMillis();
    if (millis >= allowed) {
      server.metrics().deadlineMissed(Deadline.IDLE);
      channel.close();
    }
  }

  private long bodyMillis() {
    int every = server.http().bodyMillis();
    return incoming == null ? every : incoming.allowedMillis(every);
  }

  private void late(long millis, long allowed, Deadline deadline, String what) {
    if (millis >= allowed) {
      server.metrics().deadlineMissed(deadline);
      refuse(TransportFault.TOO_SLOW.answer("the request's " + what + " did not come in time"));
    }
  }

  private void watchAdmission(long millis) {
    if (millis >= server.http().headerMillis()) {
      refuse(TransportFault.UNAVAILABLE.answer("the handshake could not be decided in time"));
    }
  }

  private void watchAnswer(long nowNanos) {
    HttpExchange open = exchange;
    if (open != null && open.output().stalled(nowNanos)) {
      server.metrics().deadlineMissed(Deadline.WRITE);
      open.output().abort();
    }
  }

  private void watchEnd(long nowNanos, long millis) {
    watchAnswer(nowNanos);
    if (exchange == null && millis >= LINGER_MILLIS) {
      channel.close();
    }
  }

  @Override
  public void drain() {
    HttpExchange open = exchange;
    if (phase == Phase.IDLE) {
      channel.close();
    } else if (open != null) {
      open.drain();
    }
  }
}
