package dev.anabranch.transport;

import dev.anabranch.link.PlainFrame;
import dev.anabranch.link.SharedFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A shared frame as bytes that any number of sockets can write: framed once, compressed once.
///
/// Each write takes a reference of its own, so closing while sockets still hold some is safe. If
/// nobody closes it, the collector does, later.
final class ReadyFrame implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Forms forms = new Forms();
  private final Cleaner.Cleanable cleanable = CLEANER.register(this, forms);
  private final List<PlainFrame> messages;

  private ReadyFrame(List<PlainFrame> messages) {
    this.messages = messages;
  }

  /// One socket's share of a frame's bytes; absent when the frame is closed.
  static @Nullable ByteBuf share(SharedFrame frame, boolean deflate, NettyLoop loop) {
    ReadyFrame ready = frame.ready(ReadyFrame.class, () -> new ReadyFrame(frame.messages()));
    return ready == null ? null : ready.forms.share(ready.messages, deflate, loop);
  }

  @Override
  public void close() {
    cleanable.clean();
  }

  /// What is released; it must not know the frame, or that would never be collected.
  private static final class Forms implements Runnable {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ByteBuf plain;
    private @Nullable ByteBuf deflated;
    private boolean released;

    @Nullable ByteBuf share(List<PlainFrame> messages, boolean deflate, NettyLoop loop) {
      lock.lock();
      try {
        if (released) {
          return null;
        }
        ByteBuf form = deflate ? deflated : plain;
        if (form == null) {
          form = FrameBytes.of(ByteBufAllocator.DEFAULT, messages, deflate, loop, false);
          if (deflate) {
            deflated = form;
          } else {
            plain = form;
          }
        }
        return form.retainedDuplicate();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void run() {
      lock.lock();
      try {
        released = true;
        release(plain);
        release(deflated);
      } finally {
        lock.unlock();
      }
    }

    private static void release(@Nullable ByteBuf form) {
      if (form != null) {
        form.release();
      }
    }
  }
}
