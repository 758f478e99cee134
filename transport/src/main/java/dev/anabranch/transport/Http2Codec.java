package dev.anabranch.transport;

import dev.anabranch.link.HttpAnswer;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.Locale;

/// The frames of HTTP/2, with a problem for a request whose header fields are too large: it comes
/// no further than here, and Netty answers it with the bare status.
final class Http2Codec extends Http2FrameCodec {
  private final TransportMetrics metrics;

  private Http2Codec(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Builder builder) {
    super(encoder, decoder, settings, builder.decoupled(), builder.prefaced());
    this.metrics = builder.metrics;
  }

  /// @param settings what the peer is told first
  static Http2FrameCodec of(Http2Settings settings, TransportMetrics metrics) {
    return new Builder(metrics).initialSettings(settings).build();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what cannot be written ends with its connection
  protected void handleServerHeaderDecodeSizeError(
      ChannelHandlerContext context, Http2Stream stream) {
    metrics.httpRefused(TransportFault.HEADERS_TOO_LARGE.httpStatus());
    HttpAnswer answer =
        TransportFault.HEADERS_TOO_LARGE.answer(RequestIntake.HEADERS_TOO_LARGE_DETAIL);
    Http2Headers headers = new DefaultHttp2Headers().status(Integer.toString(answer.status()));
    answer.headers().forEach((name, value) -> headers.add(name.toLowerCase(Locale.ROOT), value));
    encoder().writeHeaders(context, stream.id(), headers, 0, false, context.newPromise());
    encoder()
        .writeData(
            context,
            stream.id(),
            Unpooled.wrappedBuffer(answer.body()),
            0,
            true,
            context.newPromise());
    flush(context); // the stream is reset next
  }

  private static final class Builder extends Http2FrameCodecBuilder {
    private final TransportMetrics metrics;

    Builder(TransportMetrics metrics) {
      this.metrics = metrics;
      server(true);
      gracefulShutdownTimeoutMillis(0);
    }

    boolean decoupled() {
      return decoupleCloseAndGoAway();
    }

    boolean prefaced() {
      return flushPreface();
    }

    @Override
    protected Http2FrameCodec build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
      Http2FrameCodec codec = new Http2Codec(decoder, encoder, settings, this);
      codec.gracefulShutdownTimeoutMillis(gracefulShutdownTimeoutMillis());
      return codec;
    }
  }
}
