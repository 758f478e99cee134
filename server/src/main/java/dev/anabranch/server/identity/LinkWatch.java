package dev.anabranch.server.identity;

import dev.anabranch.link.Admission;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Handshake;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkAcceptor;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.Peer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Ends a WebSocket when a token that it stands on no longer counts.
///
/// A gateway asks who a peer is and does not say for which link; but the peer's address and port
/// name the connection, and so the link. A link may carry several sessions, each with a token of
/// its own: it stands on all of them, and a session that shows another token on that one instead.
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
  ///
  /// @param session which of the link's sessions it showed it for
  public void identified(Peer peer, long session, Identified who) {
    Watched link = watched.get(peer);
    if (link != null) {
      link.standsOn(session, who.tokenId().orElse(null));
    }
  }

  /// A session is over, and its link may go on with others.
  public void ended(Peer peer, long session) {
    Watched link = watched.get(peer);
    if (link != null) {
      link.standsOn(session, null);
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
    return accepted.withSession(open -> link.opened(open, accepted.session().open(open)));
  }

  /// One link, from its handshake to its end.
  private final class Watched {

    private final Peer peer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Runnable> forgets = new HashMap<>();
    private @Nullable Link link;
    private boolean revoked;
    private boolean ended;

    private Watched(Peer peer) {
      this.peer = peer;
    }

    private void standsOn(long session, @Nullable String tokenId) {
      lock.lock();
      try {
        Runnable forget = forgets.remove(session);
        if (forget != null) {
          forget.run();
        }
        if (tokenId != null && !ended) {
          forgets.put(session, sessions.opened(tokenId, this::revoke));
        }
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
      lock.lock();
      try {
        ended = true;
        forgets.values().forEach(Runnable::run);
        forgets.clear();
      } finally {
        lock.unlock();
      }
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
