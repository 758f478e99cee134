package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.LinkLoop;
import dev.anabranch.nostr.event.Event;

/// Somebody who hears of new events.
interface LiveSubscription {

  /// Whether an event is for it; called on the feed's thread.
  boolean wants(Event event);

  /// Where it lives.
  LinkLoop loop();

  /// A new event; called on its loop. What it sends goes with the next [#flush].
  void tell(Told told);

  /// What was told is all for now; called on its loop.
  void flush();
}
