package dev.anabranch.bench.limit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.util.List;

/// Turns a request into a reader or a writer of the bare broadcast.
final class BroadcastUpgrade extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final int FRAME_BYTES_MAX = 1 << 20;

  private final BroadcastLoop own;
  private final List<BroadcastLoop> all;

  BroadcastUpgrade(BroadcastLoop own, List<BroadcastLoop> all) {
    this.own = own;
    this.all = all;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory("ws://bench/", null, false, FRAME_BYTES_MAX)
            .newHandshaker(request);
    boolean writes = request.uri().equals("/write");
    context.pipeline().remove(this);
    var unused =
        handshaker
            .handshake(context.channel(), request)
            .addListener(_ -> {
              if (writes) {
                context.pipeline().addLast(new Writer(all));
              } else {
                own.add(context.channel());
              }
            });
  }

  /// Frames each text once for all loops.
  private static final class Writer extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final List<BroadcastLoop> all;

    Writer(List<BroadcastLoop> all) {
      this.all = all;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame text) {
      ByteBuf payload = text.content();
      int length = payload.readableBytes();
      ByteBuf frame = context.alloc().directBuffer(length + 10);
      frame.writeByte(0x81);
      if (length < 126) {
        frame.writeByte(length);
      } else if (length < 65_536) {
        frame.writeByte(126).writeShort(length);
      } else {
        frame.writeByte(127).writeLong(length);
      }
      frame.writeBytes(payload);
      all.forEach(loop -> loop.post(frame.retainedDuplicate()));
      frame.release();
    }
  }
}
