package dev.anabranch.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate a server shows, read again when its files change.
///
/// Connections that are open keep the certificate they began with. A pair of files that does not
/// fit (one of them is still being replaced, perhaps), or with which nobody could connect, is left
/// alone until it changes again or fits.
final class TlsContext {
  private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

  static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

  /// What tells one state of the files from another.
  private record Stamp(String certificates, String privateKey) {}

  private final TlsFiles files;
  private final TransportMetrics metrics;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile SslContext context;
  private Stamp stamp;

  TlsContext(TlsFiles files, TransportMetrics metrics) {
    this.files = files;
    this.metrics = metrics;
    try {
      this.stamp = stamp();
      this.context = read();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw TransportFailure.ofCertificate(
          "the certificate " + files.certificates() + " with the key " + files.privateKey(), e);
    }
  }

  /// Reads the files again if they changed.
  void refresh() {
    lock.lock();
    try {
      Stamp now = stamp();
      if (now.equals(stamp)) {
        return;
      }
      stamp = now;
      context = read();
      metrics.tlsReloaded(true);
    } catch (IOException | GeneralSecurityException | RuntimeException | Error e) {
      // An Error too: whoever looks again and again would be called off.
      LOG.warn("the changed certificate {} cannot be used", files.certificates(), e);
      metrics.tlsReloaded(false);
    } finally {
      lock.unlock();
    }
  }

  /// Begins TLS on a connection; what is spoken inside follows from ALPN.
  void secure(SocketChannel channel, ServerContext server, Pipelines pipelines) {
    SslHandler handler = context.newHandler(channel.alloc());
    handler.setHandshakeTimeout(server.http().headerMillis(), TimeUnit.MILLISECONDS);
    channel.pipeline().addLast(handler).addLast(new Chooser(server, channel, pipelines));
  }

  private Stamp stamp() throws IOException {
    return new Stamp(stamp(files.certificates()), stamp(files.privateKey()));
  }

  private static String stamp(Path file) throws IOException {
    return Files.getLastModifiedTime(file) + " " + Files.size(file) + " " + file.toRealPath();
  }

  private SslContext read() throws IOException, GeneralSecurityException {
    PemFiles pair = PemFiles.read(files);
    SslContext made =
        SslContextBuilder.forServer(pair.privateKey(), pair.certificates())
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols(PROTOCOLS)
            .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1))
            .build();
    TlsRehearsal.of(made);
    return made;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what fails here ends a connection that was to end
  private static final class Chooser extends ApplicationProtocolNegotiationHandler {
    private final ServerContext server;
    private final Channel channel;
    private final Pipelines pipelines;

    Chooser(ServerContext server, Channel channel, Pipelines pipelines) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.server = server;
      this.channel = channel;
      this.pipelines = pipelines;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        pipelines.http2(channel);
      } else {
        pipelines.http1(channel);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      server.metrics().connectionRefused(TransportMetrics.Refusal.TLS);
      channel.close();
    }
  }
}
