package dev.anabranch.transport;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The event loops that everything here runs on: epoll where there is one, NIO elsewhere.
///
/// A server and a dialer may share them. Whoever starts them closes them, last.
public final class NettyLoops implements AutoCloseable {
  private final EventLoopGroup group;
  private final boolean epoll;
  private final Map<EventLoop, NettyLoop> loops = new IdentityHashMap<>();

  private NettyLoops(int threads, boolean epoll, long tickMillis) {
    this.epoll = epoll;
    IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group =
        new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("loop"), factory);
    for (EventExecutor each : group) {
      EventLoop loop = (EventLoop) each;
      loops.put(loop, new NettyLoop(loop, tickMillis));
    }
  }

  /// One loop for each processor, looking at deadlines every second.
  public static NettyLoops start() {
    return start(Runtime.getRuntime().availableProcessors(), 1_000);
  }

  /// Loops with a tick of their own.
  ///
  /// @param threads how many
  /// @param tickMillis how often deadlines are looked at; they are met this exactly
  public static NettyLoops start(int threads, long tickMillis) {
    return new NettyLoops(threads, Epoll.isAvailable(), tickMillis);
  }

  EventLoopGroup group() {
    return group;
  }

  NettyLoop of(EventLoop eventLoop) {
    NettyLoop loop = loops.get(eventLoop);
    if (loop == null) {
      throw new IllegalStateException("a channel on a loop of somebody else");
    }
    return loop;
  }

  List<NettyLoop> all() {
    return List.copyOf(loops.values());
  }

  Class<? extends ServerSocketChannel> serverChannel() {
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  Class<? extends SocketChannel> channel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /// Ends the loops and waits for them; what still runs on them is cut off.
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
