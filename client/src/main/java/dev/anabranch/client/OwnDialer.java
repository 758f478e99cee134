package dev.anabranch.client;

import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkSession;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.transport.NettyDialer;
import dev.anabranch.transport.NettyLoops;
import dev.anabranch.transport.TransportLimits;
import dev.anabranch.transport.TransportMetrics;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// A dialer with one loop of its own, which ends with it.
///
/// Many clients in one process can share one.
public final class OwnDialer implements Dialer, AutoCloseable {

  private static final long TICK_MILLIS = 1_000;

  private final NettyLoops loops;
  private final NettyDialer dialer;

  private OwnDialer(NettyLoops loops, Optional<Path> trusted) {
    this.loops = loops;
    TransportLimits.Links usual = TransportLimits.Links.defaults();
    this.dialer =
        NettyDialer.create(
            loops,
            new TransportLimits.Links(
                ScopeCodec.TO_CLIENT.bytesMax(),
                usual.fragmentsMax(),
                usual.outboxBytes() * 2,
                usual.pingMillis(),
                usual.idleMillis(),
                usual.closeMillis(),
                usual.compression()),
            TransportMetrics.NONE,
            trusted);
  }

  /// A dialer that takes whole frames of scope sync, however long.
  public static OwnDialer create() {
    return new OwnDialer(NettyLoops.start(1, TICK_MILLIS), Optional.empty());
  }

  /// One that trusts the certificates of a PEM file instead of the JDK's: for a server that signed
  /// its own.
  ///
  /// @throws dev.anabranch.transport.TransportFailure when the file cannot be used
  public static OwnDialer trusting(Path certificates) {
    return new OwnDialer(NettyLoops.start(1, TICK_MILLIS), Optional.of(certificates));
  }

  @Override
  public CompletionStage<Link> dial(Dial dial, LinkSession session) {
    return dialer.dial(dial, session);
  }

  @Override
  public void close() {
    loops.close();
  }
}
