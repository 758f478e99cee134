package dev.anabranch.client.session;

import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.scope.wire.Ref;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

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

  /// The pushes that have no answer yet, each the follower of the one before (law 2).
  final Deque<Ref> pushes = new ArrayDeque<>(0);

  /// The place of the last write that they hold, or that one before them held.
  long pushedUpTo;

  /// Whether something before that place is to be sent again: nothing is sent until no push is
  /// under way.
  boolean pushesAnew;

  /// Whether of a push before those that are under way not all was taken: then the server turns
  /// these away for its sake, and that is no reason to pause.
  boolean isCutOff;

  /// Whether one push at a time is sent, because of the last one not all was taken.
  boolean onePush;

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
    pushes.clear();
    onePush = false;
    pushAt = 0;
    followAt = NEVER;
    isForbidden = false;
    isCrowdedOut = false;
    acceptedEarlier = List.of();
  }
}
