package dev.anabranch.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Tells HTTP/2 by prior knowledge (RFC 9113, 3.3) from HTTP/1.1 on an unencrypted connection, by
/// its first bytes.
@SuppressWarnings("FutureReturnValueIgnored") // what fails here ends a connection that was to end
final class ProtocolChooser extends ByteToMessageDecoder implements Watched {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ServerContext server;
  private final NettyLoop loop;
  private final Channel channel;
  private final Pipelines pipelines;
  private final long sinceNanos;

  ProtocolChooser(ServerContext server, NettyLoop loop, Channel channel, Pipelines pipelines) {
    this.server = server;
    this.loop = loop;
    this.channel = channel;
    this.pipelines = pipelines;
    this.sinceNanos = loop.watch().nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    loop.watch().add(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    loop.watch().remove(this);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int readable = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < readable; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        pipelines.http1(channel);
        context.pipeline().remove(this);
        return;
      }
    }
    if (readable == PREFACE.length) {
      pipelines.http2(channel);
      context.pipeline().remove(this);
    }
  }

  @Override
  public void watch(long nowNanos) {
    if (TimeUnit.NANOSECONDS.toMillis(nowNanos - sinceNanos) >= server.http().headerMillis()) {
      server.metrics().deadlineMissed(TransportMetrics.Deadline.IDLE);
      channel.close();
    }
  }

  @Override
  public void drain() {
    channel.close();
  }

  @Override
  public void cut() {
    channel.close();
  }

  @Override
  public Object owner() {
    return server;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
