package dev.anabranch.transport;

import dev.anabranch.link.HttpAnswer;
import dev.anabranch.transport.TransportMetrics.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The first handler of a connection: counts it in and out, and knows whether anything was ever
/// heard.
@SuppressWarnings("FutureReturnValueIgnored") // what fails here ends a connection that was to end
final class ConnectionGuard extends ChannelInboundHandlerAdapter {
  private static final int LINGER_MILLIS = 1_000;

  private static final int TLS_HANDSHAKE = 22;

  private final ServerContext server;
  private final boolean tls;
  private int reads;
  private boolean refused;

  ConnectionGuard(ServerContext server, boolean tls) {
    this.server = server;
    this.tls = tls;
  }

  /// How often bytes came in so far; a later look shows whether more did.
  int reads() {
    return reads;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (reads++ == 0 && tls && !(message instanceof ByteBuf bytes && isTls(bytes))) {
      refused = true;
      ReferenceCountUtil.release(message);
      server.metrics().connectionRefused(Refusal.TLS);
      say(
          (SocketChannel) context.channel(),
          TransportFault.TLS_REQUIRED.answer("this port speaks TLS: use https or wss"));
    } else {
      context.fireChannelRead(message);
    }
  }

  private static boolean isTls(ByteBuf bytes) {
    return bytes.isReadable() && bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE;
  }

  /// Counts a connection in, or answers that there is no room.
  ///
  /// @return whether it may go on
  static boolean admit(ServerContext server, SocketChannel channel, boolean tls) {
    InetSocketAddress remote = channel.remoteAddress();
    if (remote == null) {
      // It was gone before it could be looked at.
      channel.close();
      return false;
    }
    InetAddress address = remote.getAddress();
    Optional<Refusal> refusal = server.counter().enter(address);
    if (refusal.isPresent()) {
      server.metrics().connectionRefused(refusal.get());
      turnAway(channel, refusal.get(), tls);
      return false;
    }
    server.metrics().connectionOpened();
    channel
        .closeFuture()
        .addListener(closed -> {
          server.counter().leave(address);
          server.metrics().connectionClosed();
        });
    return true;
  }

  private static void turnAway(SocketChannel channel, Refusal why, boolean tls) {
    if (tls) {
      channel.close();
      return;
    }
    say(
        channel,
        why == Refusal.TOTAL
            ? TransportFault.UNAVAILABLE.answer("the server has no room for a connection")
            : TransportFault.RATE_LIMITED.answer("too many connections from this address"));
  }

  /// Answers past the handlers, and ends.
  private static void say(SocketChannel channel, HttpAnswer answer) {
    channel.unsafe().write(Unpooled.copiedBuffer(whole(answer)), channel.newPromise());
    channel.unsafe().flush();
    channel.shutdownOutput();
    // Closing at once, with the request unread, would reset the connection and lose the answer.
    channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// An answer for a peer with which no HTTP is spoken yet.
  private static byte[] whole(HttpAnswer answer) {
    StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + " Refused\r\n");
    answer.headers().forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    text.append("Content-Length: " + answer.body().length + "\r\nConnection: close\r\n\r\n")
        .append(new String(answer.body(), StandardCharsets.UTF_8));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
