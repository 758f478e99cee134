package dev.anabranch.protocol.nostr.server;

import dev.anabranch.link.LinkLoop;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import java.util.List;

/// Somebody who hears of new events.
interface LiveSubscription {

  /// What it asks for; always the same.
  List<Filter> filters();

  /// Whether it may see an event that it asks for; called on the feed's thread.
  boolean maySee(Event event);

  /// Who asks; called on the feed's thread.
  Viewer viewer();

  /// Where it lives.
  LinkLoop loop();

  /// A new event; called on its loop. What it sends goes with the next [#flush].
  void tell(Told told);

  /// What was told is all for now; called on its loop.
  void flush();
}
