package dev.anabranch.transport;

import dev.anabranch.link.Cancellable;
import dev.anabranch.link.LinkLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/// One Netty event loop, with what its connections share: the watch and the compressors.
final class NettyLoop implements LinkLoop {
  private final EventLoop eventLoop;
  private final Watch watch = new Watch();
  private final FrameDeflater deflater = new FrameDeflater();
  private final FrameInflater inflater = new FrameInflater();

  NettyLoop(EventLoop eventLoop, long tickMillis) {
    this.eventLoop = eventLoop;
    Future<?> ticking =
        eventLoop.scheduleWithFixedDelay(
            watch::tick, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
    eventLoop.terminationFuture().addListener(terminated -> ticking.cancel(false));
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  Watch watch() {
    return watch;
  }

  /// For use on the loop only.
  FrameDeflater deflater() {
    return deflater;
  }

  /// For use on the loop only.
  FrameInflater inflater() {
    return inflater;
  }

  @Override
  public boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  /// Runs a task now if the caller is on the loop, else soon; not at all when the loop has ended.
  void run(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      post(task);
    }
  }

  /// Runs a task soon; not at all when the loop has ended, and every connection with it.
  void post(Runnable task) {
    try {
      eventLoop.execute(task);
    } catch (RejectedExecutionException e) {
      if (!eventLoop.isShuttingDown()) {
        throw e;
      }
    }
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    Future<?> scheduled = eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}
