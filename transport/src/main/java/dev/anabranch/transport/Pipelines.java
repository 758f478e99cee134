package dev.anabranch.transport;

import dev.anabranch.link.Peer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Puts the handlers of a new connection in order.
final class Pipelines extends ChannelInitializer<SocketChannel> {
  private static final int CHUNK_BYTES = 8_192;

  private final ServerContext server;
  private final Optional<TlsContext> tls;

  Pipelines(ServerContext server, Optional<TlsContext> tls) {
    this.server = server;
    this.tls = tls;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    if (!ConnectionGuard.admit(server, channel, tls.isPresent())) {
      return;
    }
    channel.pipeline().addLast(new ConnectionGuard(server, tls.isPresent()));
    if (tls.isPresent()) {
      tls.get().secure(channel, server, this);
    } else {
      NettyLoop loop = server.loops().of(channel.eventLoop());
      channel.pipeline().addLast(new ProtocolChooser(server, loop, channel, this));
    }
  }

  /// HTTP/1.1, and what it may be upgraded to.
  void http1(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    NettyLoop loop = server.loops().of(channel.eventLoop());
    HttpDecoderConfig config =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(server.http().headerBytesMax())
            .setMaxHeaderSize(server.http().headerBytesMax())
            .setMaxChunkSize(CHUNK_BYTES);
    pipeline.addLast(new HttpServerCodec(config));
    ConnectionGuard guard = pipeline.get(ConnectionGuard.class);
    pipeline.addLast(new HttpStream(server, channel, loop, peer(channel), guard));
  }

  /// HTTP/2, where every stream is served like a connection of HTTP/1.1 with one request.
  void http2(Channel channel) {
    NettyLoop loop = server.loops().of(channel.eventLoop());
    Peer peer = peer(channel);
    Http2FrameCodec codec =
        Http2Codec.of(
            Http2Settings.defaultSettings()
                .maxConcurrentStreams(server.http().streamsMax())
                .maxHeaderListSize(server.http().headerBytesMax()),
            server.metrics());
    channel
        .pipeline()
        .addLast(codec)
        .addLast(new Http2MultiplexHandler(new Streams(loop, peer)))
        .addLast(new Http2Connection(server, loop, channel, codec));
  }

  private Peer peer(Channel channel) {
    InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
    return new Peer(address.getAddress(), address.getPort(), tls.isPresent());
  }

  private final class Streams extends ChannelInitializer<Channel> {
    private final NettyLoop loop;
    private final Peer peer;

    Streams(NettyLoop loop, Peer peer) {
      this.loop = loop;
      this.peer = peer;
    }

    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(Channel stream) {
      stream
          .pipeline()
          .addLast(new Http2StreamFrameToHttpObjectCodec(true))
          .addLast(new HttpStream(server, stream, loop, peer, null));
    }
  }
}
