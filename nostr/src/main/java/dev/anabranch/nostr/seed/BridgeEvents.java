package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.rule.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Changes that came in without a proof of Nostr, as events of the server's bridge key.
///
/// A server never signs for a person: the event says by a `proxy` tag (NIP-48) where it comes from,
/// by `p` tags whom it is by or about, by a tag `scope` which entity it shows – `["scope", <scope>,
/// <model>, <id>]` – and by a tag `version` which version of it.
public final class BridgeEvents {

  private static final String CHAT_SCOPE = "chat:";
  private static final String SCOPE = "scope";

  private BridgeEvents() {}

  /// What there is to show.
  ///
  /// @param scope name of the scope
  /// @param model canonical name of the model
  /// @param id of the entity
  /// @param version of the entity
  /// @param data its fields
  /// @param people keys of those who wrote it or whom it belongs to, as far as they have any
  /// @param sourceUrl where the entity can be read on this server
  public record Source(
      String scope,
      String model,
      String id,
      long version,
      JsonObject data,
      Set<PublicKey> people,
      String sourceUrl) {

    public Source {
      Objects.requireNonNull(data, "data");
      people = new LinkedHashSet<>(people);
    }

    private List<Tag> origin() {
      List<Tag> tags = new ArrayList<>();
      people.forEach(key -> tags.add(Tag.of("p", key.hex())));
      tags.add(new Proxy(sourceUrl, "web").tag());
      tags.add(Tag.of(SCOPE, scope, model, id));
      tags.add(Tag.of("version", Long.toString(version)));
      return tags;
    }

    private Optional<String> chat() {
      return scope.startsWith(CHAT_SCOPE)
          ? Optional.of(scope.substring(CHAT_SCOPE.length()))
          : Optional.empty();
    }

    private String chatId() {
      return chat().orElseThrow(() -> new IllegalArgumentException("not a chat: " + scope));
    }
  }

  /// An entity that a bridge's event shows, or says that it is gone.
  ///
  /// @param scope name of the scope
  /// @param model canonical name of the model
  /// @param id of the entity
  public record Shown(String scope, String model, String id) {}

  /// The scope that a bridge's event shows an entity of.
  public static Optional<String> scope(Event event) {
    return shown(event).map(Shown::scope);
  }

  /// The entity that a bridge's event shows, or says that it is gone.
  public static Optional<Shown> shown(Event event) {
    return event.tag("proxy").isEmpty()
        ? Optional.empty()
        : event
            .tag(SCOPE)
            .filter(Tag::hasValue)
            .map(tag -> new Shown(tag.value(), tag.at(2), tag.at(3)));
  }

  /// When to date an event, so that it follows the one before it at the same address.
  public static long dated(long nowSeconds, long lastSeconds) {
    return Math.max(nowSeconds, lastSeconds + 1);
  }

  /// A message of a chat: kind 9 with the chat's `h` tag.
  public static UnsignedEvent message(PublicKey bridge, Source source, long atSeconds) {
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("h", source.chatId()));
    tags.addAll(source.origin());
    String content = source.data().string("content").orElseGet(source.data()::text);
    return new UnsignedEvent(bridge, atSeconds, Kinds.CHAT_MESSAGE, tags, content);
  }

  /// A chat: kind 30001, without its messages, which are events of their own.
  public static UnsignedEvent chat(PublicKey bridge, Source source, long atSeconds) {
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("d", source.chatId()));
    tags.addAll(source.origin());
    JsonObject content =
        JsonObject.of("messages", (Json) new JsonArray(List.of())).with("metadata", source.data());
    return new UnsignedEvent(bridge, atSeconds, SeedEvents.CHAT, tags, content.text());
  }

  /// Anything else: kind 30078 (NIP-78), `d` = scope/model/id, its fields as content. A `/` within
  /// one of the three is `%2F` there, and a `%` is `%25`, so that no two entities share an address.
  public static UnsignedEvent entity(PublicKey bridge, Source source, long atSeconds) {
    List<Tag> tags = new ArrayList<>();
    tags.add(
        Tag.of("d", part(source.scope()) + "/" + part(source.model()) + "/" + part(source.id())));
    tags.addAll(source.origin());
    return new UnsignedEvent(bridge, atSeconds, Kinds.APPLICATION, tags, source.data().text());
  }

  private static String part(String name) {
    return name.replace("%", "%25").replace("/", "%2F");
  }

  /// An event that is no longer there.
  ///
  /// @param kind of the event, 0–65,535
  public record Gone(EventId id, int kind) {
    public Gone {
      Objects.requireNonNull(id, "id");
    }
  }

  /// An entity is gone: kind 5, naming the events that showed it (NIP-09).
  ///
  /// @param shown one at least
  public static UnsignedEvent gone(
      PublicKey bridge, Source source, List<Gone> shown, long atSeconds) {
    List<Tag> tags = new ArrayList<>();
    shown.forEach(each -> tags.add(Tag.of("e", each.id().hex())));
    shown.stream()
        .mapToInt(Gone::kind)
        .distinct()
        .forEach(kind -> tags.add(Tag.of("k", Integer.toString(kind))));
    source.chat().ifPresent(chat -> tags.add(Tag.of("h", chat)));
    tags.addAll(source.origin());
    return new UnsignedEvent(bridge, atSeconds, Kinds.DELETION, tags, "");
  }
}
