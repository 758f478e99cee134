package dev.anabranch.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// The connection under HTTP/2 streams: closes when none has been open for a while, says GOAWAY
/// when drained.
@SuppressWarnings("FutureReturnValueIgnored") // what fails here ends a connection that was to end
final class Http2Connection extends ChannelInboundHandlerAdapter implements Watched {
  private final ServerContext server;
  private final NettyLoop loop;
  private final Channel channel;
  private final Http2FrameCodec codec;
  private long busyNanos;

  Http2Connection(ServerContext server, NettyLoop loop, Channel channel, Http2FrameCodec codec) {
    this.server = server;
    this.loop = loop;
    this.channel = channel;
    this.codec = codec;
    this.busyNanos = loop.watch().nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    loop.watch().add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loop.watch().remove(this);
  }

  @Override
  public void cut() {
    // Past the codec, which would wait for the streams.
    channel.unsafe().close(channel.voidPromise());
  }

  @Override
  public Object owner() {
    return server;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    ReferenceCountUtil.release(frame);
  }

  @Override
  public void watch(long nowNanos) {
    if (codec.connection().numActiveStreams() > 0) {
      busyNanos = nowNanos;
    } else if (TimeUnit.NANOSECONDS.toMillis(nowNanos - busyNanos) >= server.http().idleMillis()) {
      server.metrics().deadlineMissed(TransportMetrics.Deadline.IDLE);
      channel.close();
    }
  }

  /// Closing sends GOAWAY and waits for the open streams.
  @Override
  public void drain() {
    channel.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
