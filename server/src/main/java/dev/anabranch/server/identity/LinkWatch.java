package dev.anabranch.server.identity;

import dev.anabranch.link.Admission;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.Peer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Ends a WebSocket when the token that its client showed no longer counts.
///
/// A gateway asks who a peer is and does not say for which link; but the peer's address and port
/// name the connection, and so the link.
public final class LinkWatch implements LinkAcceptor {

  private final LinkAcceptor gateway;
  private final OpenSessions sessions;
  private final ConcurrentMap<Peer, Watched> watched = new ConcurrentHashMap<>();

  /// Watches the links of a gateway.
  public LinkWatch(LinkAcceptor gateway, OpenSessions sessions) {
    this.gateway = gateway;
    this.sessions = sessions;
  }

  /// A peer has shown who it is; it may be one that has a link, or is about to.
  public void identified(Peer peer, Identified who) {
    Watched link = watched.get(peer);
    if (link != null) {
      link.standsOn(who.tokenId().orElse(null));
    }
  }

  @Override
  public CompletionStage<Admission> admit(Handshake handshake) {
    Watched link = new Watched(handshake.peer());
    watched.put(handshake.peer(), link);
    return gateway
        .admit(handshake)
        .whenComplete((admission, failure) -> {
          if (!(admission instanceof Admission.Accepted)) {
            link.ended();
          }
        })
        .thenApply(admission ->
            admission instanceof Admission.Accepted accepted ? through(link, accepted) : admission);
  }

  private static Admission through(Watched link, Admission.Accepted accepted) {
    return new Admission.Accepted(
        accepted.subprotocol(),
        accepted.messageBytesMax(),
        open -> link.opened(open, accepted.session().open(open)));
  }

  /// One link, from its handshake to its end.
  private final class Watched {

    private final Peer peer;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Link link;
    private @Nullable Runnable forget;
    private boolean revoked;

    private Watched(Peer peer) {
      this.peer = peer;
    }

    private void standsOn(@Nullable String tokenId) {
      lock.lock();
      try {
        if (forget != null) {
          forget.run();
        }
        forget = tokenId == null ? null : sessions.opened(tokenId, this::revoke);
      } finally {
        lock.unlock();
      }
    }

    private LinkHandler opened(Link open, LinkHandler handler) {
      lock.lock();
      try {
        link = open;
        if (revoked) {
          close(open);
        }
      } finally {
        lock.unlock();
      }
      return new Forwarding(handler, this);
    }

    private void revoke() {
      lock.lock();
      try {
        revoked = true;
        if (link != null) {
          close(link);
        }
      } finally {
        lock.unlock();
      }
    }

    private static void close(Link open) {
      open.close(CloseCode.POLICY, "the token was revoked or has expired");
    }

    private void ended() {
      watched.remove(peer, this);
      standsOn(null);
    }
  }

  /// The gateway's handler, and word of its end.
  private record Forwarding(LinkHandler handler, Watched watched) implements LinkHandler {

    @Override
    public void opened() {
      handler.opened();
    }

    @Override
    public void text(String message) {
      handler.text(message);
    }

    @Override
    public void binary(byte[] message) {
      handler.binary(message);
    }

    @Override
    public void writable() {
      handler.writable();
    }

    @Override
    public void closed(int code, String reason) {
      try {
        handler.closed(code, reason);
      } finally {
        watched.ended();
      }
    }
  }
}
