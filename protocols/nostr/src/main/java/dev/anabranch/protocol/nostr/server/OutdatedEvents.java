package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.commit.Derivation.Originals;
import dev.anabranch.kernel.commit.Derivation.State;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.seed.SeedEntity;
import dev.anabranch.nostr.seed.SeedEntity.Chat;
import dev.anabranch.nostr.seed.SeedEntity.Line;
import dev.anabranch.nostr.seed.SeedEntity.Settings;
import dev.anabranch.nostr.seed.SeedEntity.Training;
import dev.anabranch.nostr.seed.SeedEvents;
import dev.anabranch.nostr.text.Hex;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which events of authors no longer say what is so, once their entity changed in another way; pure
/// (decision 0099).
///
/// Whatever is deleted was all that its events said. A message whose text became another one is not
/// what its event says either; what only adds to it leaves the event as it is. The events of chats
/// and settings stand at addresses of their authors, who say by the next one what is so: an edit
/// leaves them too.
final class OutdatedEvents {

  private final SeedKinds kinds;
  private final ModelName message;

  /// Outdated events of a server.
  ///
  /// @param kinds which events are taken as the seeds mean them
  /// @param message name of the model of messages
  OutdatedEvents(SeedKinds kinds, ModelName message) {
    this.kinds = kinds;
    this.message = message;
  }

  /// The events that a change of an entity may outdate, and perhaps others that it does not.
  ///
  /// @param by who changes it
  List<Event> candidates(Caller by, EntityKey entity, Action action, Originals originals) {
    return search(by, entity, action)
        .map(search ->
            originals.find(search).stream()
                .flatMap(found -> Sight.of(found).stream())
                .map(Sight::event)
                .filter(event ->
                    kinds
                        .entity(event)
                        .filter(it -> SeedChanges.unfit(it).isEmpty() && isOf(it, entity))
                        .isPresent())
                .toList())
        .orElseGet(List::of);
  }

  private Optional<Search> search(Caller by, EntityKey entity, Action action) {
    ModelName model = entity.model();
    if (model.equals(message)) {
      return named(entity);
    }
    if (action != Action.DELETE) {
      return Optional.empty();
    }
    if (model.equals(SeedChanges.TRAINING)) {
      return named(entity);
    }
    if (model.equals(SeedChanges.CHAT)) {
      long tag = EventMarking.tag('d', entity.id().text());
      return Optional.of(search(List.of(), List.of(), List.of(SeedEvents.CHAT), List.of(tag)));
    }
    List<Long> authors = keys(by, entity).stream().map(EventMarking::author).toList();
    return model.equals(SeedChanges.SETTINGS) && !authors.isEmpty()
        ? Optional.of(search(List.of(), authors, List.of(SeedEvents.SETTINGS), List.of()))
        : Optional.empty();
  }

  private static Optional<Search> named(EntityKey entity) {
    return Optional.of(entity.id().text())
        .filter(id -> Hex.isLower(id, 64))
        .map(id -> named(EventId.parse(id)));
  }

  /// The search for an event of an id.
  static Search named(EventId id) {
    return search(List.of(EventMarking.tie(id)), List.of(), List.of(), List.of());
  }

  private static Search search(
      List<Long> ties, List<Long> authors, List<Integer> kinds, List<Long> tags) {
    return new Search(ties, authors, kinds, tags, List.of(), Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /// The keys of whom a scope of settings belongs to, as far as it and its writer tell.
  private static Set<PublicKey> keys(Caller by, EntityKey entity) {
    Set<String> names = new LinkedHashSet<>(List.of(entity.scope().id()));
    if (by.principal().text().equals(entity.scope().id())) {
      by.names().stream().map(PrincipalId::text).forEach(names::add);
    }
    Set<PublicKey> keys = new LinkedHashSet<>();
    names.stream().filter(name -> Hex.isLower(name, 64)).map(PublicKey::new).forEach(keys::add);
    return keys;
  }

  /// Whether that is the entity that something is said of; whose settings are meant was asked for.
  private boolean isOf(SeedEntity said, EntityKey entity) {
    return switch (said) {
      case Chat chat -> isIn(chat.id(), entity) && entity.model().equals(SeedChanges.CHAT);
      case Line line -> isIn(line.chat(), entity) && entity.model().equals(message);
      case Settings ignored -> entity.model().equals(SeedChanges.SETTINGS);
      case Training ignored -> entity.model().equals(SeedChanges.TRAINING);
    };
  }

  private static boolean isIn(String chat, EntityKey entity) {
    return SeedChanges.chatScope(chat).filter(entity.scope()::equals).isPresent();
  }

  /// Those of the [#candidates] that a change outdates.
  ///
  /// @param after the entity after it
  List<Event> of(Caller by, Action action, Entity after, State now) {
    List<Event> outdated = new ArrayList<>();
    for (Event event : candidates(by, after.key(), action, now.originals())) {
      Entity there = now.entity(NostrChanges.entity(event));
      if (there != null
          && !there.deleted()
          && kinds
              .entity(event)
              .filter(said -> isOutdated(said, after) && isOwn(by, event, there, after, now))
              .isPresent()) {
        outdated.add(event);
      }
    }
    return outdated;
  }

  private static boolean isOutdated(SeedEntity said, Entity after) {
    return after.deleted()
        || (said instanceof Line line
            && !after.data().patchedBy(line.fields()).equals(after.data()));
  }

  /// Whether an entity is what an event says, and does not only bear its name: a message or
  /// contribution was made by the event's own write, a chat or settings were here before what
  /// stands at the event's address.
  private static boolean isOwn(Caller by, Event event, Entity there, Entity after, State now) {
    return event.kindClass() == KindClass.REGULAR
        ? now.isKnown(SeedChanges.making(by, event, after.key()))
        : there.updatedAt() >= after.createdAt();
  }
}
