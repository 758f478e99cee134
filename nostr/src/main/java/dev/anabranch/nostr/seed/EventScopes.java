package dev.anabranch.nostr.seed;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.rule.Kinds;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The scopes whose readers alone may see an event: what the event is does not matter here, nor
/// which events are taken for entities. An event that was one before the operator chose otherwise,
/// or that misses the shape, holds the same words.
public final class EventScopes {

  private static final String CHAT = "chat:";
  private static final String USER = "user:";

  private EventScopes() {}

  /// A scope that an event is bound to.
  ///
  /// @param scope its name, as the event's author wrote it
  /// @param isCertain whether it is one of ours in any case; otherwise the event is everybody's
  ///   where nothing of such a name is here
  public record Bound(String scope, boolean isCertain) {

    public Bound {
      Objects.requireNonNull(scope, "scope");
    }
  }

  /// Where an event belongs, all of it; empty when it is everybody's. A regular or ephemeral event
  /// belongs to every chat that an `h` tag of it names, unless it is a contribution, whose `h` says
  /// where it comes from.
  public static List<Bound> of(Event event) { // asked of every event by many
    Optional<String> shown = BridgeEvents.scope(event);
    Optional<String> meant = meant(event);
    boolean isRouted = namesChats(event) && !isContribution(event, meant);
    if (shown.isEmpty() && meant.isEmpty() && !isRouted) {
      return List.of();
    }
    Set<String> scopes = new LinkedHashSet<>();
    shown.ifPresent(scopes::add);
    meant.ifPresent(scopes::add);
    if (isRouted) {
      event.tagValues("h").forEach(chat -> scopes.add(CHAT + chat));
    }
    return scopes.stream()
        .map(scope -> new Bound(scope, isOurs(scope) || shown.filter(scope::equals).isPresent()))
        .toList();
  }

  /// Whether an event is for the chats that its `h` tags name: a regular or ephemeral one with such
  /// a tag, unless it is a contribution.
  public static boolean isForChats(Event event) {
    return namesChats(event) && !isContribution(event, meant(event));
  }

  private static boolean namesChats(Event event) {
    return !event.kindClass().keepsNewest() && event.tag("h").isPresent();
  }

  private static boolean isContribution(Event event, Optional<String> meant) {
    return event.kind() == Kinds.NOTE && meant.isPresent();
  }

  /// Nobody else has scopes of users. That nothing was written under such a name says nothing: a
  /// linked key writes in the scope of its principal.
  private static boolean isOurs(String scope) {
    return scope.startsWith(USER);
  }

  /// The scope of what an event means, a copy of another one too.
  private static Optional<String> meant(Event event) {
    return switch (SeedReader.read(event)) {
      case SeedReading.Said(SeedEntity entity) -> Optional.of(entity.scope(event.author()));
      case SeedReading.Ordinary ignored -> Optional.empty();
      case SeedReading.Malformed ignored -> Optional.of(ofMalformed(event));
    };
  }

  private static String ofMalformed(Event event) {
    String tag = event.kind() == Kinds.CHAT_MESSAGE ? "h" : "d";
    boolean isOfChat = event.kind() == Kinds.CHAT_MESSAGE || event.kind() == SeedEvents.CHAT;
    return event
        .tag(tag)
        .map(Tag::value)
        .filter(named -> isOfChat && !named.isEmpty())
        .map(named -> CHAT + named)
        .orElseGet(() -> USER + event.author().hex());
  }
}
