package dev.anabranch.client.session;

import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.Ref;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a session remembers of one scope between two steps; nothing of it needs to survive.
final class FollowedScope {

  static final long NEVER = Long.MAX_VALUE;

  final ScopeName name;
  final Backoff backoff;
  ScopeState state = ScopeState.STALE;
  String detail = "";
  long fetched;

  /// The id of the last change that the local copy covers.
  long reached;

  /// The push that has no answer yet: one at a time keeps the device's order (law 2).
  @Nullable Ref push;

  /// The most writes of the next push: fewer after a push that was refused as a whole.
  int pushWritesMax;

  /// Before this time nothing is pushed: the server asked for a pause.
  long pushAt;

  /// Writes that an earlier link had accepted and whose changes had not come: once this link is
  /// live, they have come or the server has lost them.
  List<Long> acceptedEarlier = List.of();

  /// Whether the snapshot that is arriving is of a server that has lost what it once told.
  boolean serverForgot;

  /// Whether the server has not shown on this link that it has the history which the copy is of:
  /// until then nothing is sent that expects a version of it.
  boolean isUnproven;

  /// When to ask again for a subscription that was refused.
  long followAt = NEVER;

  /// Whether it was refused because this device has no right to read it.
  boolean isForbidden;

  /// Whether it was refused because the connection follows as many scopes as it may: it is asked
  /// for again when another one leaves its place.
  boolean isCrowdedOut;

  FollowedScope(ScopeName name, Backoff backoff, int pushWritesMax) {
    this.name = name;
    this.backoff = backoff;
    this.pushWritesMax = pushWritesMax;
  }

  /// Whether the server has it in one of a connection's places.
  boolean isFollowed() {
    return switch (state) {
      case FETCHING, CATCHING_UP, LIVE -> true;
      case STALE, REFUSED -> false;
    };
  }

  /// The link is gone.
  void unlinked() {
    state = ScopeState.STALE;
    detail = "";
    fetched = 0;
    serverForgot = false;
    isUnproven = false;
    push = null;
    pushAt = 0;
    followAt = NEVER;
    isForbidden = false;
    isCrowdedOut = false;
    acceptedEarlier = List.of();
  }
}
