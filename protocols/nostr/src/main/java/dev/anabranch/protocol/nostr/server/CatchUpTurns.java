package dev.anabranch.protocol.nostr.server;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/// The turns of one connection's subscriptions that are behind: one at a time reads a page and
/// sends of it what the socket has room for, then the next one does. A room that several saw would
/// be filled by each. On the link's thread.
final class CatchUpTurns {

  private final NostrLink link;
  private final Set<NostrSubscription> waiting = LinkedHashSet.newLinkedHashSet(1);
  private boolean isTaken;

  CatchUpTurns(NostrLink link) {
    this.link = link;
  }

  /// Gives a subscription a turn, behind those that wait for theirs.
  void want(NostrSubscription subscription) {
    waiting.add(subscription);
    next();
  }

  /// A subscription wants no turn any more.
  void leave(NostrSubscription subscription) {
    waiting.remove(subscription);
  }

  /// A turn is over.
  void over() {
    isTaken = false;
    next();
  }

  private void next() {
    if (isTaken || waiting.isEmpty() || !link.writable()) {
      return;
    }
    Iterator<NostrSubscription> first = waiting.iterator();
    NostrSubscription subscription = first.next();
    first.remove();
    isTaken = true;
    subscription.readMissed();
  }
}
