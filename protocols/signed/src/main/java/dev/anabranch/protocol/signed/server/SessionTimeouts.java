package dev.anabranch.protocol.signed.server;

import dev.anabranch.link.Cancellable;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import dev.anabranch.protocol.signed.wire.SignedFault;
import org.jspecify.annotations.Nullable;

/// How long a client may take to connect, and how long it may say nothing afterwards.
///
/// Halfway into a silence it is asked once whether it is there. Confined to the session's loop.
final class SessionTimeouts {

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private @Nullable Cancellable timer;
  private long lastSeen;
  private boolean pinged;

  SessionTimeouts(SignedSession.Surroundings here, SignedOutbox outbox) {
    this.here = here;
    this.outbox = outbox;
  }

  void awaitConnect() {
    timer =
        outbox.later(
            here.limits().handshakeMillis(),
            () -> outbox.refuse(SignedFault.UNAUTHENTICATED, "no connect came in time", null));
  }

  /// The session is open: from here on silence counts.
  void opened() {
    seen();
    cancel();
    lookIn(here.limits().idleMillis() / 2);
  }

  /// A frame of the session came.
  void seen() {
    lastSeen = here.seams().millis();
    pinged = false;
  }

  private void lookIn(long millis) {
    timer = outbox.later(Math.max(1, millis), this::look);
  }

  private void look() {
    long silent = here.seams().millis() - lastSeen;
    long idleMillis = here.limits().idleMillis();
    if (silent >= idleMillis) {
      outbox.refuse(SignedFault.IDLE, "nothing came for " + silent + " ms", null);
      return;
    }
    if (silent >= idleMillis / 2 && !pinged) {
      pinged = true;
      outbox.send(ServerFrames.ping(here.seams().nonce()));
    }
    lookIn((pinged ? idleMillis : idleMillis / 2) - silent);
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
