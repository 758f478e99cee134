package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.BridgeEvents;
import dev.anabranch.nostr.seed.BridgeEvents.Shown;
import java.util.Optional;

/// Where the bridge's events stand: each entity has one place for the event that shows it, and one
/// for the event that says that it is gone.
final class Places {

  private static final String SHOWN = "shown/";
  private static final String GONE = "gone/";

  private Places() {}

  /// The place of the event that shows an entity.
  static EntityKey shown(PublicKey bridge, EntityKey entity) {
    return place(bridge, SHOWN, name(shown(entity)));
  }

  /// The place of the event that says that an entity is gone.
  static EntityKey gone(PublicKey bridge, EntityKey entity) {
    return place(bridge, GONE, name(shown(entity)));
  }

  /// Where an event stands if it is the bridge's. What an ordinary event's tags claim leads to a
  /// place of its own author, where nothing stands.
  static Optional<EntityKey> of(Event event) {
    String what = event.kind() == Kinds.DELETION ? GONE : SHOWN;
    return BridgeEvents.shown(event).map(shown -> place(event.author(), what, name(shown)));
  }

  /// What all events have in common that show one entity one after the other; nothing for those
  /// that show none.
  static Optional<String> shownBy(Event event) {
    return event.kind() == Kinds.DELETION
        ? Optional.empty()
        : BridgeEvents.shown(event).map(shown -> event.author().hex() + "/" + name(shown));
  }

  /// The place that [#shownBy] names.
  static EntityKey named(String shownBy) {
    int end = shownBy.indexOf('/');
    return place(new PublicKey(shownBy.substring(0, end)), SHOWN, shownBy.substring(end + 1));
  }

  private static Shown shown(EntityKey entity) {
    return new Shown(entity.scope().text(), entity.model().text(), entity.id().text());
  }

  private static String name(Shown shown) {
    return NostrChanges.sha256(shown.scope() + "\n" + shown.model() + "\n" + shown.id());
  }

  private static EntityKey place(PublicKey author, String what, String name) {
    return new EntityKey(NostrChanges.scope(author), NostrChanges.EVENT, new EntityId(what + name));
  }
}
