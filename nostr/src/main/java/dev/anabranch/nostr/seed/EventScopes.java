package dev.anabranch.nostr.seed;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The scopes whose readers alone may see an event: what the event is does not matter here, nor
/// which events are taken for entities. An event that was one before the operator chose otherwise,
/// or that misses the shape, holds the same words.
public final class EventScopes {

  private EventScopes() {}

  /// A scope that an event is bound to.
  ///
  /// @param scope its name, as the event's author wrote it
  /// @param isCertain whether it is one of ours in any case; otherwise the event is everybody's where
  ///   nothing of such a name is here
  public record Bound(String scope, boolean isCertain) {

    public Bound {
      Objects.requireNonNull(scope, "scope");
    }
  }

  /// Where an event belongs; empty when it is everybody's.
  public static List<Bound> of(Event event) {
    Optional<String> shown = BridgeEvents.scope(event);
    return shown.isPresent()
        ? List.of(new Bound(shown.get(), true))
        : meant(event).map(scope -> new Bound(scope, false)).stream().toList();
  }

  /// The scope of what an event of the seeds' kinds means, a copy of another one too.
  private static Optional<String> meant(Event event) {
    return switch (SeedReader.read(event)) {
      case SeedReading.Said(SeedEntity entity) -> Optional.of(entity.scope(event.author()));
      case SeedReading.Ordinary ignored -> Optional.empty();
      case SeedReading.Malformed ignored -> Optional.of(ofMalformed(event));
    };
  }

  private static String ofMalformed(Event event) {
    return switch (event.kind()) {
      case SeedEvents.CHAT -> chat(event, "d").orElseGet(() -> own(event.author()));
      case Kinds.CHAT_MESSAGE -> chat(event, "h").orElseGet(() -> own(event.author()));
      default -> own(event.author());
    };
  }

  private static Optional<String> chat(Event event, String tag) {
    return event.tag(tag).filter(named -> !named.value().isEmpty()).map(named -> "chat:" + named.value());
  }

  private static String own(PublicKey author) {
    return "user:" + author.hex();
  }
}
