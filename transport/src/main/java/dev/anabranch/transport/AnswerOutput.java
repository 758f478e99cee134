package dev.anabranch.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One answer's way into the socket: counts what is pending, notices when nothing moves any more.
///
/// Bodies are cut into pieces, so that "nothing written for ten seconds" means a peer slower than
/// one piece in that time. [#enqueue], [#writable] and [#over] may be called from any thread; the
/// rest is for the loop.
@SuppressWarnings("FutureReturnValueIgnored") // the outcome of every write is heard by a listener
final class AnswerOutput {
  /// How an answer ended.
  interface End {
    /// @param whole whether everything was written
    void ended(boolean whole);
  }

  private static final int PIECE_BYTES = 16_384;

  private final ChannelHandlerContext context;
  private final NettyLoop loop;
  private final TransportLimits.Http limits;
  private final End end;
  private final AtomicLong pendingBytes = new AtomicLong();
  private volatile boolean full;
  // Of the producer, like the call that changes it.
  private int largestBytes;
  private volatile boolean over;
  private @Nullable Runnable onWritable;
  private long movedNanos;
  private int inFlight;
  private int unflushedBytes;

  AnswerOutput(
      ChannelHandlerContext context, NettyLoop loop, TransportLimits.Http limits, End end) {
    this.context = context;
    this.loop = loop;
    this.limits = limits;
    this.end = end;
  }

  boolean writable() {
    return over || !full;
  }

  /// Whether the answer is complete, or will never be.
  boolean over() {
    return over;
  }

  void onWritable(Runnable task) {
    onWritable = task;
  }

  /// Writes the head of an answer.
  void begin(HttpResponse head) {
    if (!over) {
      write(head, 0);
    }
  }

  /// Writes a whole answer whose body is short, or left out.
  void only(HttpResponse head, byte[] body) {
    if (over) {
      return;
    }
    ByteBuf content = Unpooled.wrappedBuffer(body);
    DefaultFullHttpResponse whole =
        new DefaultFullHttpResponse(head.protocolVersion(), head.status(), content);
    whole.headers().set(head.headers());
    last(whole);
  }

  /// Adds to the body, from any thread.
  void enqueue(byte[] bytes) {
    if (over || bytes.length == 0) {
      return;
    }
    largestBytes = Math.max(largestBytes, bytes.length);
    long pending = pendingBytes.addAndGet(bytes.length);
    if (pending - bytes.length > 4L * limits.bufferBytes() + largestBytes) {
      loop.run(this::abort);
      return;
    }
    if (pending >= limits.bufferBytes()) {
      full = true;
    }
    loop.run(() -> pieces(bytes));
  }

  void flush() {
    unflushedBytes = 0;
    context.flush();
  }

  /// Writes the end of an answer.
  void finish() {
    if (!over) {
      last(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  /// Gives up: the connection (or its stream) breaks, so that the peer knows.
  void abort() {
    if (!over) {
      ended(false);
      context.close();
    }
  }

  /// Whether something has been waiting for the peer for too long.
  boolean stalled(long nowNanos) {
    return inFlight > 0
        && TimeUnit.NANOSECONDS.toMillis(nowNanos - movedNanos) >= limits.writeMillis();
  }

  private void pieces(byte[] bytes) {
    for (int from = 0; from < bytes.length && !over; from += PIECE_BYTES) {
      int length = Math.min(PIECE_BYTES, bytes.length - from);
      write(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, from, length)), length);
      unflushedBytes += length;
      if (unflushedBytes >= PIECE_BYTES) {
        flush();
      }
    }
  }

  private void write(Object message, int bytes) {
    starting();
    context.write(message).addListener(written -> moved(written, bytes));
  }

  private void last(Object message) {
    starting();
    context
        .writeAndFlush(message)
        .addListener(written -> {
          moved(written, 0);
          ended(written.isSuccess());
        });
  }

  private void starting() {
    if (inFlight++ == 0) {
      movedNanos = loop.watch().nowNanos();
    }
  }

  private void moved(Future<?> written, int bytes) {
    inFlight--;
    movedNanos = loop.watch().nowNanos();
    long pending = pendingBytes.addAndGet(-bytes);
    if (!written.isSuccess()) {
      abort();
    } else if (full && pending <= limits.bufferBytes() / 4) {
      full = false;
      wake();
    }
  }

  private void ended(boolean whole) {
    if (over) {
      return;
    }
    over = true;
    end.ended(whole);
    if (!whole) {
      wake();
    }
  }

  private void wake() {
    Runnable task = onWritable;
    if (task != null) {
      // Later, because this may be called from inside a write of the very producer that it wakes.
      loop.execute(task);
    }
  }
}
