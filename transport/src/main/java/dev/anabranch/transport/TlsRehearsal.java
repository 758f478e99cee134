package dev.anabranch.transport;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A handshake in memory with a client that believes everything, before anybody else has one.
///
/// A key can belong to its certificate and still be of a kind with which this TLS can sign nothing:
/// then every client would be turned away, and only the clients would say so.
final class TlsRehearsal {
  /// A handshake takes a few; each passes one piece on in either direction.
  private static final int ROUNDS_MAX = 200;

  private TlsRehearsal() {}

  /// @throws GeneralSecurityException when nobody could come in
  static void of(SslContext server) throws GeneralSecurityException {
    try {
      SslHandler answering = server.newHandler(ByteBufAllocator.DEFAULT);
      Throwable failure = failureOf(answering, credulous().newHandler(ByteBufAllocator.DEFAULT));
      if (failure != null || !answering.handshakeFuture().isSuccess()) {
        throw new GeneralSecurityException(
            "no client could connect with it"
                + (failure == null ? "" : " (" + failure.getMessage() + ")")
                + "; use one with an ECDSA (P-256) or an RSA key",
            failure);
      }
    } catch (SSLException unmade) {
      throw new GeneralSecurityException(unmade);
    }
  }

  private static SslContext credulous() throws SSLException {
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .protocols(TlsContext.PROTOCOLS)
        .build();
  }

  private static @Nullable Throwable failureOf(SslHandler answering, SslHandler asking) {
    EmbeddedChannel server = new EmbeddedChannel(answering, new Silence());
    EmbeddedChannel client = new EmbeddedChannel(asking, new Silence());
    try {
      boolean moved = true;
      for (int i = 0; moved && i < ROUNDS_MAX && !answering.handshakeFuture().isDone(); i++) {
        moved = passOn(client, server) | passOn(server, client);
      }
      return answering.handshakeFuture().cause();
    } finally {
      server.finishAndReleaseAll();
      client.finishAndReleaseAll();
    }
  }

  /// @return whether there was anything
  private static boolean passOn(EmbeddedChannel from, EmbeddedChannel to) {
    Object bytes = from.readOutbound();
    if (bytes == null) {
      return false;
    }
    to.writeInbound(bytes);
    return true;
  }

  /// Why a handshake failed says its future.
  private static final class Silence extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {}
  }
}
