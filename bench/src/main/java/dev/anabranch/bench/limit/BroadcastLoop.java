package dev.anabranch.bench.limit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The sockets of one event loop, and the frames on their way to them.
final class BroadcastLoop {
  private final EventLoop loop;
  private final List<Channel> readers = new ArrayList<>();
  private final Queue<ByteBuf> mailbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  BroadcastLoop(EventLoop loop) {
    this.loop = loop;
  }

  /// Adds a socket of this loop; called on the loop.
  void add(Channel reader) {
    readers.add(reader);
    reader.closeFuture().addListener(_ -> readers.remove(reader));
  }

  /// Takes over a ready frame, from any thread.
  void post(ByteBuf frame) {
    mailbox.add(frame);
    if (scheduled.compareAndSet(false, true)) {
      loop.execute(this::deliver);
    }
  }

  private void deliver() {
    scheduled.set(false);
    ByteBuf joined = joined();
    if (joined == null) {
      return;
    }
    for (Channel reader : readers) {
      var unused = reader.writeAndFlush(joined.retainedDuplicate(), reader.voidPromise());
    }
    joined.release();
  }

  private @Nullable ByteBuf joined() {
    List<ByteBuf> frames = new ArrayList<>();
    int bytes = 0;
    for (ByteBuf frame = mailbox.poll(); frame != null; frame = mailbox.poll()) {
      frames.add(frame);
      bytes += frame.readableBytes();
    }
    if (frames.isEmpty() || readers.isEmpty()) {
      frames.forEach(ByteBuf::release);
      return null;
    }
    ByteBuf joined = readers.getFirst().alloc().directBuffer(bytes);
    for (ByteBuf frame : frames) {
      joined.writeBytes(frame);
      frame.release();
    }
    return joined;
  }
}
