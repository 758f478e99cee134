package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.Kernel;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.rule.Confidential;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.EventScopes;
import dev.anabranch.nostr.seed.SeedEntity;
import dev.anabranch.nostr.seed.SeedEntity.Line;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// Where events stand: a regular one in the scope of the first chat that its `h` tags name and that
/// is here (decision 0083), one that is for its parties in its author's private scope (0101), every
/// other one in its author's.
///
/// An event stays where it came in, whatever comes to be here later. That it stands in one place
/// only is the commit's to see: its write names all places where it could be
/// ([NostrChanges#write]).
///
/// Stages fail with a [dev.anabranch.kernel.store.StoreFailure] or [BrokenOff].
final class Routing {

  /// How many chats an event may name: the commit looks into each, and so does whoever asks for it.
  static final int CHATS_MAX = 16;

  private final Kernel kernel;
  private final ReadRights rights;

  Routing(Kernel kernel) {
    this.kernel = kernel;
    this.rights = ReadRights.of(kernel);
  }

  /// The scopes besides its author's that an event could stand in, whatever it says: its author's
  /// private one, or the chats' that its `h` tags name, in their order, each once; none where these
  /// are more than [#CHATS_MAX].
  static List<ScopeName> places(Event event) {
    if (Confidential.isOf(event)) {
      return List.of(NostrChanges.confidential(event.author()));
    }
    List<ScopeName> named = named(event);
    return named.size() > CHATS_MAX ? List.of() : named;
  }

  /// Whether an event names more chats than it may, here or elsewhere. What takes back is heeded
  /// all the same.
  static boolean isForTooMany(Event event) {
    return !takesBack(event) && namesTooMany(event);
  }

  /// Whether an event names so many chats that nobody asks for the rights in them.
  static boolean namesTooMany(Event event) {
    return EventScopes.isForChats(event) && named(event).size() > CHATS_MAX;
  }

  private static List<ScopeName> named(Event event) {
    return event.kindClass().keepsNewest()
        ? List.of()
        : event.tagValues("h").stream()
            .flatMap(id -> SeedChanges.chatScope(id).stream())
            .distinct()
            .limit(CHATS_MAX + 1)
            .toList();
  }

  /// What takes back stands with its author, for whoever lost the right may do so; what is for its
  /// parties alone is for no chat.
  private static boolean isForChats(Event event) {
    return !takesBack(event) && !Confidential.isOf(event) && EventScopes.isForChats(event);
  }

  private static boolean takesBack(Event event) {
    return event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH;
  }

  /// The scope that a new event is to stand in.
  ///
  /// @param said what it may be besides itself: a message stands in its chat, and its event in its
  ///   author's scope
  CompletionStage<ScopeName> of(Event event, Optional<SeedEntity> said) {
    if (Confidential.isOf(event)) {
      return done(NostrChanges.confidential(event.author()));
    }
    ScopeName home = NostrChanges.scope(event.author());
    List<ScopeName> chats = isForChats(event) ? places(event) : List.of();
    return first(chats, scope -> rights.isEmpty(scope).thenApply(empty -> !empty))
        .thenCompose(chat ->
            chat.isEmpty() || !(said.orElse(null) instanceof Line line)
                ? done(chat.orElse(home))
                : isHere(chatOf(line)).thenApply(isMessage -> isMessage ? home : chat.get()));
  }

  private static EntityKey chatOf(Line line) {
    ScopeName scope = SeedChanges.chatScope(line.chat()).orElseThrow();
    return new EntityKey(scope, SeedChanges.CHAT, new EntityId(line.chat()));
  }

  /// Where an event stands that is not in its author's scope; empty when it is, or nowhere.
  CompletionStage<Optional<EntityKey>> elsewhere(Event event) {
    return first(places(event), scope -> isHere(NostrChanges.entity(event, scope)))
        .thenApply(scope -> scope.map(there -> NostrChanges.entity(event, there)));
  }

  private CompletionStage<Boolean> isHere(EntityKey key) {
    return kernel
        .entity(NostrChanges.relay(), key)
        .thenApply(answer ->
            switch (answer) {
              case Answer.Given<Optional<Entity>>(Optional<Entity> there) ->
                  there.filter(entity -> !entity.deleted()).isPresent();
              case Answer.Refused<Optional<Entity>>(Fault fault) -> throw new BrokenOff(fault);
            });
  }

  private static CompletionStage<Optional<ScopeName>> first(
      List<ScopeName> scopes, Function<ScopeName, CompletionStage<Boolean>> asked) {
    return first(scopes.iterator(), asked);
  }

  private static CompletionStage<Optional<ScopeName>> first(
      Iterator<ScopeName> scopes, Function<ScopeName, CompletionStage<Boolean>> asked) {
    if (!scopes.hasNext()) {
      return done(Optional.empty());
    }
    ScopeName scope = scopes.next();
    return asked
        .apply(scope)
        .thenCompose(yes -> yes ? done(Optional.of(scope)) : first(scopes, asked));
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
