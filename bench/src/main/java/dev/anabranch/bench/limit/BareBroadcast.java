package dev.anabranch.bench.limit;

import dev.anabranch.bench.process.Ports;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The most a Netty server can deliver: no log, no JSON, no rights, only frames to sockets.
///
/// A program of its own: `BareBroadcast PORT`. What comes in on `/write` goes, as the same bytes,
/// to every socket on `/sync`. One mailbox for each event loop; what queued while the last round
/// was written is joined once, and each socket of the loop gets one shared write and one flush.
public final class BareBroadcast {
  private static final int EVENT_LOOPS = 2;
  private static final int BACKLOG = 4096;
  private static final int REQUEST_BYTES_MAX = 64 << 10;

  private BareBroadcast() {}

  /// Serves until it is killed.
  public static void main(String[] arguments) throws InterruptedException {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    Class<? extends ServerChannel> server =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, io);
    Map<EventLoop, BroadcastLoop> loops = new HashMap<>();
    group.forEach(loop -> loops.put((EventLoop) loop, new BroadcastLoop((EventLoop) loop)));
    List<BroadcastLoop> all = new ArrayList<>(loops.values());
    new ServerBootstrap()
        .group(group)
        .channel(server)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                BroadcastLoop own = Objects.requireNonNull(loops.get(channel.eventLoop()));
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(REQUEST_BYTES_MAX))
                    .addLast(new BroadcastUpgrade(own, all));
              }
            })
        .bind(Ports.address(Integer.parseInt(arguments[0])))
        .sync()
        .channel()
        .closeFuture()
        .sync();
  }
}
