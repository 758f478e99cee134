package dev.anabranch.transport;

import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.link.LinkSession;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// Opens WebSocket links to servers; offers permessage-deflate, checks certificates and their
/// names.
public final class NettyDialer implements Dialer {
  private final NettyLoops loops;
  private final TransportLimits.Links limits;
  private final TransportMetrics metrics;
  private final SslContext tls;

  private NettyDialer(
      NettyLoops loops,
      TransportLimits.Links limits,
      TransportMetrics metrics,
      Optional<Path> trusted) {
    this.loops = loops;
    this.limits = limits;
    this.metrics = metrics;
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
    trusted.ifPresent(file -> trust(file, builder));
    try {
      this.tls = builder.build();
    } catch (SSLException e) {
      throw TransportFailure.ofCertificate("the certificates to trust", e);
    }
  }

  private static void trust(Path file, SslContextBuilder builder) {
    try (InputStream in = Files.newInputStream(file)) {
      builder.trustManager(in);
    } catch (IOException | IllegalArgumentException e) {
      throw TransportFailure.ofCertificate("the certificates to trust in " + file, e);
    }
  }

  /// A dialer.
  ///
  /// @param loops run the links; not closed by the dialer, which holds nothing else
  /// @param limits what servers may send; the same numbers as for a server's links
  /// @param metrics who counts
  /// @param trusted a PEM file of certificates to trust instead of the JDK's
  public static NettyDialer create(
      NettyLoops loops,
      TransportLimits.Links limits,
      TransportMetrics metrics,
      Optional<Path> trusted) {
    return new NettyDialer(loops, limits, metrics, trusted);
  }

  @Override
  public CompletionStage<Link> dial(Dial dial, LinkSession session) {
    CompletableFuture<Link> result = new CompletableFuture<>();
    // Names are looked up by blocking calls, which have no place on a loop.
    Thread.startVirtualThread(() -> {
      try {
        InetAddress[] addresses = InetAddress.getAllByName(dial.uri().getHost());
        connect(dial, session, addresses, 0, result);
      } catch (UnknownHostException e) {
        result.completeExceptionally(
            LinkFailure.unreachable("no such host: " + dial.uri().getHost(), e));
      } catch (RuntimeException e) {
        result.completeExceptionally(LinkFailure.unreachable("cannot dial " + dial.uri(), e));
      }
    });
    return result;
  }

  /// Tries a host's addresses one after the other.
  private void connect(
      Dial dial,
      LinkSession session,
      InetAddress[] addresses,
      int index,
      CompletableFuture<Link> result) {
    InetSocketAddress address = new InetSocketAddress(addresses[index], dial.port());
    ChannelFuture connecting = bootstrap(dial, session, result).connect(address);
    connecting.addListener(connected -> {
      if (connected.isSuccess()) {
        return;
      }
      if (index + 1 < addresses.length) {
        connect(dial, session, addresses, index + 1, result);
      } else {
        result.completeExceptionally(
            LinkFailure.unreachable("cannot connect to " + address, connected.cause()));
      }
    });
  }

  private Bootstrap bootstrap(Dial dial, LinkSession session, CompletableFuture<Link> result) {
    int timeoutMillis = (int) Math.min(Integer.MAX_VALUE, dial.timeout().toMillis());
    return new Bootstrap()
        .group(loops.group())
        .channel(loops.channel())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(limits.outboxBytes() / 4, limits.outboxBytes()))
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                prepare(channel, dial, session, result);
              }
            });
  }

  private void prepare(
      Channel channel, Dial dial, LinkSession session, CompletableFuture<Link> result) {
    if (dial.secure()) {
      var handler = tls.newHandler(channel.alloc(), dial.uri().getHost(), dial.port());
      handler.setHandshakeTimeout(dial.timeout().toMillis(), TimeUnit.MILLISECONDS);
      channel.pipeline().addLast(handler);
    }
    NettyLoop loop = loops.of(channel.eventLoop());
    channel
        .pipeline()
        .addLast(new HttpClientCodec())
        .addLast(new DialHandler(this, dial, session, channel, loop, result));
  }

  /// What is settled for a link once the server has agreed.
  LinkTerms terms(boolean deflate) {
    return new LinkTerms(
        this, limits, limits.messageBytesMax(), CloseCode.TOO_LARGE, deflate, true, metrics);
  }

  boolean compression() {
    return limits.compression();
  }
}
