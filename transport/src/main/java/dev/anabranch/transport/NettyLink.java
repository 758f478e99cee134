package dev.anabranch.transport;

import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.LinkSession;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.link.PlainFrame;
import dev.anabranch.link.SharedFrame;
import dev.anabranch.transport.TransportMetrics.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One open WebSocket: receives from the frame decoder in front of it, writes bytes that are
/// already framed.
///
/// `NEW → OPEN → CLOSING → CLOSED`. Closing waits for the peer's close frame, no longer than its
/// deadline; what arrives meanwhile is dropped. While the outbox is over its high-water mark a
/// server's link does not read: the peer that does not take answers gets to ask no more. (A
/// client's link goes on reading, or two links full of each other's frames would wait for ever.)
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, which is heard
final class NettyLink extends ChannelInboundHandlerAdapter implements Link, Outbox, Watched {
  private static final Logger LOG = LoggerFactory.getLogger(NettyLink.class);
  private static final byte[] NOTHING = {};

  private enum State {
    NEW,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final LinkTerms terms;
  private final Channel channel;
  private final NettyLoop loop;
  private final Peer peer;
  private final MessageAssembler assembler;
  private final LinkHandler handler;
  private State state = State.NEW;
  private boolean told;
  private boolean paused;
  private int largestBytes;
  private int code = CloseCode.LOST;
  private String reason = "";
  private long heardNanos;
  private long pingedNanos;
  private long pendingBytes;

  private NettyLink(
      LinkTerms terms, Channel channel, NettyLoop loop, Peer peer, LinkSession session) {
    this.terms = terms;
    this.channel = channel;
    this.loop = loop;
    this.peer = peer;
    this.assembler =
        new MessageAssembler(terms.messageBytesMax(), terms.fragmentsMax(), terms.deflate());
    this.heardNanos = loop.watch().nowNanos();
    this.pingedNanos = heardNanos;
    this.handler = session.open(this);
  }

  /// Makes a link and its session; nothing moves before [#start].
  static NettyLink create(
      LinkTerms terms, Channel channel, NettyLoop loop, Peer peer, LinkSession session) {
    return new NettyLink(terms, channel, loop, peer, session);
  }

  /// Takes its place at the end of the pipeline, which must decode frames; on the channel's loop.
  void start() {
    channel.pipeline().addLast(this);
    state = State.OPEN;
    loop.watch().add(this);
    terms.metrics().linkOpened();
    guarded(handler::opened);
  }

  // --- Link and Outbox

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public LinkLoop loop() {
    return loop;
  }

  @Override
  public Outbox outbox() {
    return this;
  }

  @Override
  public void cut() {
    channel.close();
  }

  @Override
  public Object owner() {
    return terms.owner();
  }

  @Override
  public boolean writable() {
    checkLoop();
    boolean room = channel.isWritable();
    if (!room) {
      // Who hears no is called back, even if (under TLS) the channel's own event comes when all is
      // well again.
      pause();
    }
    return room;
  }

  @Override
  public void send(Frame frame) {
    checkLoop();
    if (state != State.OPEN) {
      checkStarted();
      return;
    }
    if (channel.bytesBeforeWritable() > 4L * terms.limits().outboxBytes() + largestBytes) {
      terms.metrics().linkOverflowed();
      shut(CloseCode.OVERLOADED, "the peer reads too slowly");
      return;
    }
    ByteBuf bytes = bytesOf(frame);
    largestBytes = Math.max(largestBytes, bytes.readableBytes());
    terms.metrics().frameSent(bytes.readableBytes());
    channel.write(bytes, channel.voidPromise());
  }

  @Override
  public void flush() {
    checkLoop();
    channel.flush();
  }

  @Override
  public void close(int closeCode, String closeReason) {
    if (!CloseCode.sendable(closeCode)) {
      throw new IllegalArgumentException("close code " + closeCode + " must not be sent");
    }
    if (loop.inLoop() && state != State.NEW) {
      shut(closeCode, closeReason);
    } else {
      // A session that changes its mind while it is made has not even said hello yet.
      loop.post(() -> shut(closeCode, closeReason));
    }
  }

  private ByteBuf bytesOf(Frame frame) {
    return switch (frame) {
      case SharedFrame shared when !terms.mask() -> shareOf(shared);
      case SharedFrame shared -> ownBytes(shared);
      case PlainFrame plain -> ownBytes(plain);
    };
  }

  private ByteBuf shareOf(SharedFrame frame) {
    ByteBuf share = ReadyFrame.share(frame, terms.deflate(), loop);
    return share == null ? ownBytes(frame) : share;
  }

  private ByteBuf ownBytes(Frame frame) {
    return FrameBytes.of(channel.alloc(), frame.messages(), terms.deflate(), loop, terms.mask());
  }

  private void checkStarted() {
    if (state == State.NEW) {
      throw new IllegalStateException("a link takes frames from LinkHandler.opened on");
    }
  }

  private void checkLoop() {
    if (!loop.inLoop()) {
      throw new IllegalStateException("an outbox is used on its link's loop only");
    }
  }

  // --- what arrives

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    heardNanos = loop.watch().nowNanos();
    if (!(message instanceof WebSocketFrame frame)) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      receive(frame);
    } catch (FrameRefusal refusal) {
      refuse(refusal.code(), refusal.reason());
    } finally {
      frame.release();
    }
  }

  private void receive(WebSocketFrame frame) throws FrameRefusal {
    switch (frame) {
      case CloseWebSocketFrame close -> closed(close);
      case PingWebSocketFrame ping -> pong(ping);
      case PongWebSocketFrame pong -> checkControl(pong);
      default -> data(frame);
    }
  }

  private void data(WebSocketFrame frame) throws FrameRefusal {
    if (state != State.OPEN) {
      return;
    }
    MessageAssembler.Assembled message = assembler.add(frame);
    if (message == null) {
      return;
    }
    byte[] payload =
        message.compressed()
            ? loop.inflater().inflate(message.payload(), terms.messageBytesMax())
            : message.payload();
    terms.metrics().messageReceived(payload.length);
    if (message.text()) {
      String text = StrictText.of(payload);
      guarded(() -> handler.text(text));
    } else {
      guarded(() -> handler.binary(payload));
    }
  }

  private void pong(PingWebSocketFrame ping) throws FrameRefusal {
    checkControl(ping);
    if (state == State.OPEN) {
      control(FrameBytes.PONG, ByteBufUtil.getBytes(ping.content()));
    }
  }

  private static void checkControl(WebSocketFrame frame) throws FrameRefusal {
    if (frame.rsv() != 0) {
      throw new FrameRefusal(CloseCode.PROTOCOL_ERROR, "a reserved bit in a control frame");
    }
  }

  private void closed(CloseWebSocketFrame close) throws FrameRefusal {
    checkControl(close);
    if (state == State.OPEN) {
      state = State.CLOSING;
      code = close.statusCode() < 0 ? CloseCode.NONE : close.statusCode();
      reason = close.reasonText();
      control(FrameBytes.CLOSE, code == CloseCode.NONE ? NOTHING : FrameBytes.closing(code, ""));
      channel.flush();
      tell();
    }
    state = State.CLOSED;
    channel.close();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      refuse(corrupted.closeStatus().code(), String.valueOf(corrupted.getMessage()));
    } else {
      LOG.debug("link to {} lost", peer.addressText(), cause);
      context.close();
    }
  }

  private void refuse(int closeCode, String sentence) {
    if (state == State.OPEN) {
      terms.metrics().frameRefused(closeCode);
      shut(closeCode == CloseCode.TOO_LARGE ? terms.tooLargeCode() : closeCode, sentence);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (!channel.isWritable()) {
      pause();
    } else if (paused) {
      // Later, because this may be called from inside a flush of the very session that it resumes.
      loop.execute(this::resume);
    }
  }

  private void pause() {
    if (!paused) {
      paused = true;
      terms.metrics().linkPaused();
      countPending();
      channel.config().setAutoRead(terms.mask() || state != State.OPEN);
    }
  }

  private void resume() {
    if (!paused || !channel.isWritable()) {
      return;
    }
    paused = false;
    largestBytes = 0;
    heardNanos = loop.watch().nowNanos();
    terms.metrics().linkResumed();
    channel.config().setAutoRead(true);
    if (state == State.OPEN) {
      guarded(handler::writable);
      channel.flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    state = State.CLOSED;
    loop.watch().remove(this);
    countPending();
    tell();
  }

  // --- ends and deadlines

  private void shut(int closeCode, String closeReason) {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSING;
    code = closeCode;
    reason = closeReason;
    heardNanos = loop.watch().nowNanos();
    control(FrameBytes.CLOSE, FrameBytes.closing(closeCode, closeReason));
    channel.flush();
    channel.config().setAutoRead(true);
    // Later, because a handler that closes its link is not expecting the answer inside that call.
    loop.execute(this::tell);
  }

  private void tell() {
    if (told) {
      return;
    }
    told = true;
    terms.metrics().linkClosed(code);
    guarded(() -> handler.closed(code, reason));
  }

  private void control(int opcode, byte[] payload) {
    channel.write(
        FrameBytes.control(channel.alloc(), opcode, payload, terms.mask()), channel.voidPromise());
  }

  private void guarded(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      LOG.error("a session of {} failed", peer.addressText(), e);
      shut(CloseCode.SERVER_ERROR, "the server failed");
    }
  }

  /// Tells how much waits for the peer now.
  private void countPending() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long now = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    if (now != pendingBytes) {
      terms.metrics().pendingBytes(now - pendingBytes);
      pendingBytes = now;
    }
  }

  @Override
  public void watch(long nowNanos) {
    countPending();
    long silentMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - heardNanos);
    if (state != State.OPEN) {
      if (silentMillis >= terms.limits().closeMillis()) {
        terms.metrics().deadlineMissed(Deadline.CLOSE);
        channel.close();
      }
    } else if (silentMillis >= terms.limits().idleMillis()) {
      terms.metrics().deadlineMissed(Deadline.IDLE);
      shut(CloseCode.GOING_AWAY, "nothing was heard for too long");
    } else if (silentMillis >= terms.limits().pingMillis()) {
      ping(nowNanos);
    }
  }

  private void ping(long nowNanos) {
    long sincePing = TimeUnit.NANOSECONDS.toMillis(nowNanos - pingedNanos);
    if (sincePing >= terms.limits().pingMillis() && channel.isWritable()) {
      pingedNanos = nowNanos;
      control(FrameBytes.PING, NOTHING);
      channel.flush();
    }
  }

  @Override
  public void drain() {
    shut(CloseCode.GOING_AWAY, "the server is going away");
  }

  @Override
  public String toString() {
    return "link to " + peer.addressText() + " (" + state + ")";
  }
}
