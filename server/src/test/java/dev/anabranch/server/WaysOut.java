package dev.anabranch.server;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.seed.BridgeEvents;
import dev.anabranch.nostr.seed.BridgeEvents.Shown;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.protocol.nostr.server.NostrChanges;
import dev.anabranch.protocol.scope.server.ScopeChanges;
import dev.anabranch.protocol.scope.wire.Decoded;
import dev.anabranch.protocol.scope.wire.ScopeCodec;
import dev.anabranch.protocol.scope.wire.ScopeMessage;
import dev.anabranch.protocol.signed.server.SignedChanges;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.testkit.promise.Logs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What each gateway's own codec makes of a change, for the checker of K12.
///
/// On Nostr a change is shown by an event of the log: itself, the one that it came as, or the
/// bridge's, which names its entity and version. Events of an entity that was deleted later are
/// erased; what tells of them is the bridge's event that they are gone. What the bridge shows
/// nobody is that of decision 0078, as a server has it that lists no scopes.
final class WaysOut {

  private static final Set<String> BRIDGED =
      Set.of("chat/chat", "chat/message", "user/settings", "user/training_data");

  private final Models models = ModelsFile.shipped();
  private final ScopeCodec scopeClient = ScopeCodec.ofClient();
  private final BridgedEntities others = new BridgedEntities(List.of(), models);
  private final Map<String, Event> events = new HashMap<>();
  private final Map<EntityKey, Long> deleted = new HashMap<>();

  private WaysOut(Store store) {
    for (Change change : Logs.of(store)) {
      event(change).ifPresent(event -> events.put(event.id().hex(), event));
      if (change.action() == Action.DELETE) {
        deleted.put(change.entity(), change.version());
      }
    }
  }

  /// The gateways of a server over a store, for [K12EveryGatewayShows].
  static Map<String, Function<Change, Optional<?>>> of(Store store) {
    WaysOut ways = new WaysOut(store);
    return Map.of(
        "scope sync", ways::onScope, "signed entities", ways::asSigned, "Nostr", ways::onNostr);
  }

  private Optional<?> onScope(Change change) {
    ScopeMessage.Sync said =
        new ScopeMessage.Sync(change.scope(), List.of(ScopeChanges.event(change, models)));
    Decoded<ScopeMessage.ToClient> heard = scopeClient.toClient(ScopeCodec.encode(said));
    return heard.equals(new Decoded.Good<ScopeMessage.ToClient>(said))
        ? Optional.of(said)
        : Optional.empty();
  }

  private Optional<?> asSigned(Change change) {
    JsonObject said = SignedChanges.change(change, models);
    boolean isNamed =
        said.string("id").filter(change.entity().id().text()::equals).isPresent()
            && said.string("entity").isPresent()
            && said.string("action").isPresent();
    return isNamed ? Optional.of(SignedPeer.json(said.text())) : Optional.empty();
  }

  private Optional<?> onNostr(Change change) {
    EntityKey entity = change.entity();
    if (entity.model().equals(NostrChanges.EVENT)) {
      return change.action() == Action.DELETE || change.erased()
          ? Optional.of("an event that is no more")
          : event(change);
    }
    String kind =
        entity.scope().kind() + "/" + models.canonical(entity.model().text()).orElseThrow().text();
    if (!isBridged(entity) && !others.test(entity)) {
      return Optional.of("decision 0078: " + kind);
    }
    Optional<Event> own = Optional.ofNullable(events.get(change.key().text().split("/")[0]));
    return own.isPresent() ? own : bridges(change);
  }

  private boolean isBridged(EntityKey entity) {
    return BRIDGED.contains(entity.scope().kind() + "/" + entity.model().text().toLowerCase());
  }

  private Optional<Event> bridges(Change change) {
    Shown entity =
        new Shown(
            change.scope().text(), change.entity().model().text(), change.entity().id().text());
    String version = Long.toString(change.version());
    return events.values().stream()
        .filter(event -> BridgeEvents.shown(event).filter(entity::equals).isPresent())
        .filter(event ->
            event.kind() == 5
                ? change.version() <= deleted.getOrDefault(change.entity(), 0L)
                : event.tag("version").filter(tag -> tag.value().equals(version)).isPresent())
        .findFirst();
  }

  private static Optional<Event> event(Change change) {
    Bytes proof = change.proof();
    return proof != null
            && Event.parse(proof.toArray(), EventLimits.NONE)
                instanceof Parsed.Value<Event>(Event it)
        ? Optional.of(it)
        : Optional.empty();
  }
}
