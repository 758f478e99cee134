package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.commit.Derivation;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.seed.SeedEntity;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.Parsed;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Both shapes of one change: an event of the seeds' kinds is its entities, and an entity that came
/// in another way is its event. Neither is made of what it made itself: an entity that an event
/// says is shown by that event, and an event of the bridge says nothing new.
public final class EventDerivation implements Derivation {

  private final SeedKinds kinds;
  private final SeedChanges changes;
  private final RecentEvents recent;
  private final @Nullable Bridge bridge;

  /// A derivation.
  ///
  /// @param kinds which events are taken as the seeds mean them
  /// @param message name of the model of messages
  /// @param recent the events that need not be parsed again
  /// @param bridge signs what came in another way; null = nothing is shown
  public EventDerivation(
      SeedKinds kinds, ModelName message, RecentEvents recent, @Nullable Bridge bridge) {
    this.kinds = kinds;
    this.changes = new SeedChanges(message);
    this.recent = recent;
    this.bridge = bridge;
  }

  @Override
  public List<Derived> prospects(Caller caller, Write write, Originals originals) {
    if (!write.entity().model().equals(NostrChanges.EVENT)) {
      return bridge == null ? List.of() : bridge.prospects(caller, write, originals);
    }
    if (write.action() == Action.DELETE) {
      return retractions(caller, write.entity(), write.key(), originals).stream()
          .flatMap(Retraction::prospects)
          .toList();
    }
    Said said = said(write.entity().scope(), write.key(), write.proof());
    return said == null ? List.of() : changes.prospects(caller, said.event(), said.entity());
  }

  @Override
  public List<Derived> of(Caller caller, Change change, Entity after, State now) {
    if (!change.entity().model().equals(NostrChanges.EVENT)) {
      return bridge == null ? List.of() : bridge.of(caller, change, after, now);
    }
    if (change.action() == Action.DELETE) {
      return retractions(caller, change.entity(), change.key(), now.originals()).stream()
          .filter(retraction -> retraction.isOf(now))
          .map(Retraction::back)
          .toList();
    }
    Said said = said(change.scope(), change.key(), change.proof());
    return said == null ? List.of() : changes.of(caller, said.event(), said.entity(), now::entity);
  }

  private record Said(Event event, SeedEntity entity) {}

  /// What a write or change of an event says besides; what is unfit was refused before it came
  /// here. An event that stands in a chat is nothing besides ([Routing#of]).
  private @Nullable Said said(ScopeName scope, WriteKey key, @Nullable Bytes proof) {
    boolean isInChat = scope.kind().equals("chat");
    if (isInChat || proof == null || kinds == SeedKinds.OFF) {
      return null;
    }
    Optional<Event> event = Optional.ofNullable(recent.find(key.text())).or(() -> parsed(proof));
    return event
        .flatMap(it ->
            kinds
                .entity(it)
                .filter(entity -> SeedChanges.unfit(entity).isEmpty())
                .map(entity -> new Said(it, entity)))
        .orElse(null);
  }

  private static Optional<Event> parsed(Bytes proof) {
    return Event.parse(proof.toArray(), EventLimits.NONE) instanceof Parsed.Value<Event>(Event it)
        ? Optional.of(it)
        : Optional.empty();
  }

  /// What takes back what an event was besides itself, and how it came to be that.
  private record Retraction(Derived back, Derived making) {

    Stream<Derived> prospects() {
      return Stream.of(back, making);
    }

    boolean isOf(State now) {
      Entity said = now.entity(back.write().entity());
      return said != null && !said.deleted() && now.isKnown(making);
    }
  }

  /// What an event was besides itself goes with it when it is deleted in another way; Nostr's own
  /// ways say themselves what goes.
  private List<Retraction> retractions(
      Caller by, EntityKey entity, WriteKey key, Originals originals) {
    String id = entity.id().text();
    if (Bridge.isOfNostr(by) || kinds == SeedKinds.OFF || !Hex.isLower(id, 64)) {
      return List.of();
    }
    String why = NostrChanges.nameOf(by, entity.scope(), key);
    return originals.find(OutdatedEvents.named(EventId.parse(id))).stream()
        .flatMap(found -> Sight.of(found).stream())
        .map(Sight::event)
        .filter(event -> NostrChanges.entity(event).equals(entity))
        .flatMap(event ->
            kinds
                .entity(event)
                .filter(said -> SeedChanges.unfit(said).isEmpty())
                .flatMap(
                    said -> changes.retraction(why, SeedChanges.authorOf(by, event), event, said))
                .map(back ->
                    new Retraction(
                        new Derived(by, back), SeedChanges.making(by, event, back.entity())))
                .stream())
        .toList();
  }
}
