package dev.anabranch.transport;

import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.LinkAcceptor;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A server for HTTP and WebSocket: listens, and hands requests to the router and handshakes to the
/// acceptor.
///
/// It ends by [#drain], which lets peers finish, or by [#close], which does not. The loops are not
/// its own and stay.
public final class TransportServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;
  private static final int CERTIFICATE_LOOK_SECONDS = 10;

  private final ServerContext context;
  private final List<Channel> listening = new ArrayList<>();
  private final List<TlsContext> certificates = new ArrayList<>();
  private final List<Future<?>> refreshing = new ArrayList<>();

  private TransportServer(ServerContext context) {
    this.context = context;
  }

  /// Starts listening.
  ///
  /// @throws TransportFailure when an address cannot be had or a certificate cannot be used
  public static TransportServer start(
      TransportSettings settings,
      NettyLoops loops,
      HttpRouter router,
      LinkAcceptor acceptor,
      TransportMetrics metrics) {
    ServerContext context =
        new ServerContext(
            settings,
            router,
            acceptor,
            metrics,
            loops,
            new ConnectionCounter(settings.limits().connections()),
            new BodyRoom(settings.limits().http()),
            InstantSource.system(),
            new AtomicBoolean());
    TransportServer server = new TransportServer(context);
    try {
      settings.listen().forEach(server::listen);
      return server;
    } catch (TransportFailure e) {
      server.close();
      throw e;
    }
  }

  /// The addresses that are listened on, with the ports that were taken, in the order of the
  /// settings.
  public List<InetSocketAddress> addresses() {
    return listening.stream().map(each -> (InetSocketAddress) each.localAddress()).toList();
  }

  /// How many connections are open.
  public int connections() {
    return context.counter().open();
  }

  /// How many bytes of bodies are held whose requests are not answered yet.
  public long bodiesBytes() {
    return context.bodies().held();
  }

  /// Looks now whether a certificate's files have changed; the server does so every ten seconds by
  /// itself.
  public void refreshCertificates() {
    certificates.forEach(TlsContext::refresh);
  }

  /// Stops in peace: takes no more connections, lets requests finish, closes links with 1001, and
  /// cuts off what is left when the time is over.
  ///
  /// @return whether everything had ended in time
  public boolean drain(Duration timeout) throws InterruptedException {
    context.draining().set(true);
    stopListening();
    for (NettyLoop loop : context.loops().all()) {
      loop.execute(() -> loop.watch().drain(context));
    }
    boolean ended = context.counter().awaitNone(timeout);
    close();
    return ended;
  }

  /// Stops at once.
  @Override
  public void close() {
    stopListening();
    for (NettyLoop loop : context.loops().all()) {
      loop.run(() -> loop.watch().cut(context));
    }
  }

  private void listen(Listen listen) {
    Optional<TlsContext> tls = listen.tls().map(files -> new TlsContext(files, context.metrics()));
    int outboxBytes = context.links().outboxBytes();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(context.loops().group())
            .channel(context.loops().serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.SO_SNDBUF,
                context.settings().limits().connections().sendBufferBytes())
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(outboxBytes / 4, outboxBytes))
            .childHandler(new Pipelines(context, tls));
    ChannelFuture bound = bootstrap.bind(listen.host(), listen.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw unbound(listen, bound.cause());
    }
    listening.add(bound.channel());
    tls.ifPresent(each -> refreshNowAndThen(bound.channel(), each));
  }

  private static TransportFailure unbound(Listen listen, Throwable cause) {
    String what = "cannot listen on " + listen.host() + ":" + listen.port() + ": ";
    try {
      InetAddress address = InetAddress.getByName(listen.host());
      boolean here =
          address.isAnyLocalAddress()
              || address.isLoopbackAddress()
              || NetworkInterface.getByInetAddress(address) != null;
      return here
          ? new TransportFailure(TransportFailure.Kind.PORT, what + cause.getMessage(), cause)
          : new TransportFailure(
              TransportFailure.Kind.HOST,
              what + address.getHostAddress() + " is none of this machine's addresses",
              cause);
    } catch (UnknownHostException unknown) {
      String why = what + "nobody knows where " + listen.host() + " is";
      return new TransportFailure(TransportFailure.Kind.HOST, why, unknown);
    } catch (SocketException unlisted) {
      return new TransportFailure(TransportFailure.Kind.PORT, what + cause.getMessage(), cause);
    }
  }

  private void refreshNowAndThen(Channel channel, TlsContext tls) {
    certificates.add(tls);
    refreshing.add(
        channel
            .eventLoop()
            .scheduleWithFixedDelay(
                tls::refresh,
                CERTIFICATE_LOOK_SECONDS,
                CERTIFICATE_LOOK_SECONDS,
                TimeUnit.SECONDS));
  }

  private void stopListening() {
    refreshing.forEach(each -> each.cancel(false));
    listening.forEach(each -> each.close().awaitUninterruptibly());
  }
}
