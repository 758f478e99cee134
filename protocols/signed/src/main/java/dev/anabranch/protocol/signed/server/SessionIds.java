package dev.anabranch.protocol.signed.server;

import dev.anabranch.link.Cancellable;
import dev.anabranch.protocol.signed.wire.ServerFrames;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The id of an open session and the one before it.
///
/// It rotates; since frames may be on their way meanwhile, the one before stays good for a while.
/// Confined to the session's loop.
final class SessionIds {

  private final SignedSession.Surroundings here;
  private final SignedOutbox outbox;
  private @Nullable String current;
  private @Nullable String previous;
  private long previousUntil;
  private @Nullable Cancellable rotation;

  SessionIds(SignedSession.Surroundings here, SignedOutbox outbox) {
    this.here = here;
    this.outbox = outbox;
  }

  /// Begins a session; no id of an earlier one is good any more.
  String begin() {
    previous = null;
    return next();
  }

  private String next() {
    String id = here.seams().nonce();
    current = id;
    outbox.session(id);
    return id;
  }

  /// Whether a frame is of this session.
  boolean isOurs(String id) {
    return id.equals(current) || (id.equals(previous) && here.seams().millis() < previousUntil);
  }

  void rotateLater() {
    cancel();
    rotation = outbox.later(here.limits().rotateMillis(), this::rotate);
  }

  private void rotate() {
    String before = Objects.requireNonNull(current, "only an open session rotates");
    long goodMillis = here.limits().previousMillis();
    previous = before;
    previousUntil = here.seams().millis() + goodMillis;
    next(); // the peer is told under the new id
    outbox.send(ServerFrames.sessionRotated(before, goodMillis));
    rotateLater();
  }

  void cancel() {
    if (rotation != null) {
      rotation.cancel();
    }
  }
}
