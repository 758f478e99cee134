package dev.anabranch.transport;

import dev.anabranch.link.HttpRouter;
import dev.anabranch.link.LinkAcceptor;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/// What all connections of one server share.
///
/// @param draining set once, when the server stops taking requests
record ServerContext(
    TransportSettings settings,
    HttpRouter router,
    LinkAcceptor acceptor,
    TransportMetrics metrics,
    NettyLoops loops,
    ConnectionCounter counter,
    BodyRoom bodies,
    InstantSource clock,
    AtomicBoolean draining) {
  TransportLimits.Http http() {
    return settings.limits().http();
  }

  TransportLimits.Links links() {
    return settings.limits().links();
  }
}
