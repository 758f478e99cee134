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
import java.util.function.Supplier;

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
    return over(Optional.empty());
  }

  /// One that trusts the certificates of a PEM file instead of the JDK's: for a server that signed
  /// its own.
  ///
  /// @throws dev.anabranch.transport.TransportFailure when the file cannot be used
  public static OwnDialer trusting(Path certificates) {
    return over(Optional.of(certificates));
  }

  /// One that trusts the certificates of a PEM file, or the JDK's when none is named.
  ///
  /// @throws dev.anabranch.transport.TransportFailure when the file cannot be used
  public static OwnDialer over(Optional<Path> certificates) {
    NettyLoops loops = NettyLoops.start(1, TICK_MILLIS);
    try {
      return new OwnDialer(loops, certificates);
    } catch (RuntimeException | Error failure) {
      loops.close();
      throw failure;
    }
  }

  /// What is made with this dialer; when that fails, the dialer is closed.
  public <T> T closedUnless(Supplier<T> made) {
    try {
      return made.get();
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
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
