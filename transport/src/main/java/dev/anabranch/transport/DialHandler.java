package dev.anabranch.transport;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.link.LinkSession;
import dev.anabranch.link.Peer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A client's side of the WebSocket handshake (RFC 6455, 4.1): asks, checks the answer, and makes
/// way for the link.
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, which is heard
final class DialHandler extends ChannelInboundHandlerAdapter {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int DETAIL_CHARS_MAX = 1_024;

  private final NettyDialer dialer;
  private final Dial dial;
  private final LinkSession session;
  private final Channel channel;
  private final NettyLoop loop;
  private final CompletableFuture<Link> result;
  private final String key;
  private final StringBuilder detail = new StringBuilder();
  private @Nullable HttpResponse response;
  private @Nullable Cancellable deadline;

  DialHandler(
      NettyDialer dialer,
      Dial dial,
      LinkSession session,
      Channel channel,
      NettyLoop loop,
      CompletableFuture<Link> result) {
    this.dialer = dialer;
    this.dial = dial;
    this.session = session;
    this.channel = channel;
    this.loop = loop;
    this.result = result;
    byte[] nonce = new byte[16];
    RANDOM.nextBytes(nonce);
    this.key = Base64.getEncoder().encodeToString(nonce);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline =
        loop.schedule(
            dial.timeout(),
            () -> fail(LinkFailure.unreachable("no handshake within " + dial.timeout(), null)));
    context.writeAndFlush(request());
  }

  private DefaultFullHttpRequest request() {
    URI uri = dial.uri();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path + query);
    HttpHeaders headers = request.headers();
    dial.headers().forEach(headers::add);
    headers.set("Host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
    headers.set("Upgrade", "websocket");
    headers.set("Connection", "Upgrade");
    headers.set("Sec-WebSocket-Key", key);
    headers.set("Sec-WebSocket-Version", "13");
    if (!dial.subprotocols().isEmpty()) {
      headers.set("Sec-WebSocket-Protocol", String.join(", ", dial.subprotocols()));
    }
    if (dialer.compression()) {
      headers.set("Sec-WebSocket-Extensions", CompressionOffer.AGREED);
    }
    return request;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
        fail(LinkFailure.unreachable("the answer is not HTTP", part.decoderResult().cause()));
        return;
      }
      if (message instanceof HttpResponse head) {
        response = head;
      }
      if (message instanceof HttpContent content && detail.length() < DETAIL_CHARS_MAX) {
        detail.append(content.content().toString(StandardCharsets.UTF_8));
      }
      if (message instanceof LastHttpContent) {
        decide();
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void decide() {
    HttpResponse answer = response;
    if (answer == null) {
      return;
    }
    if (answer.status().code() != 101) {
      String shown = detail.substring(0, Math.min(detail.length(), DETAIL_CHARS_MAX));
      fail(LinkFailure.refused(answer.status().code(), shown));
    } else if (!Upgrade.accept(key).equals(answer.headers().get("Sec-WebSocket-Accept"))) {
      fail(LinkFailure.unreachable("the server did not understand the handshake", null));
    } else {
      open(answer);
    }
  }

  private void open(HttpResponse answer) {
    List<String> extensions = answer.headers().getAll("Sec-WebSocket-Extensions");
    boolean deflate = CompressionOffer.agreed(extensions);
    if (!extensions.isEmpty() && !(deflate && dialer.compression())) {
      fail(LinkFailure.unreachable("the server wants an extension that was not offered", null));
      return;
    }
    cancelDeadline();
    LinkTerms terms = dialer.terms(deflate);
    InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
    Peer peer = new Peer(address.getAddress(), address.getPort(), dial.secure());
    NettyLink link = NettyLink.create(terms, channel, loop, peer, session);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.get(HttpClientCodec.class).removeOutboundHandler();
    pipeline.remove(this);
    pipeline.addLast(Upgrade.decoder(terms.messageBytesMax(), deflate, false));
    link.start();
    channel.flush();
    result.complete(link);
    // Last, because it hands on the frames that came with the answer.
    pipeline.remove(HttpClientCodec.class);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(LinkFailure.unreachable("the server closed the connection", null));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(LinkFailure.unreachable(whatFailed(cause), cause));
  }

  private static String whatFailed(Throwable failure) {
    Throwable cause = failure;
    while (!(cause instanceof NotSslRecordException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof NotSslRecordException) {
      return "the connection failed: this port does not speak TLS; use http or ws";
    }
    String message = cause.getMessage();
    return "the connection failed: " + (message == null ? cause.toString() : message);
  }

  private void fail(LinkFailure failure) {
    cancelDeadline();
    result.completeExceptionally(failure);
    channel.close();
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
    }
  }
}
