package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.rule.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Changes that came in without a proof of Nostr, as events of the server's bridge key.
///
/// A server never signs for a person: the event says by a `proxy` tag where it comes from, and by a
/// `p` tag who wrote it, when that one has a key.
public final class BridgeEvents {

  private static final String CHAT_SCOPE = "chat:";

  private BridgeEvents() {}

  /// What there is to show.
  ///
  /// @param scope name of the scope
  /// @param model canonical name of the model
  /// @param id of the entity
  /// @param data its fields after the change
  /// @param author the key of whoever wrote it; null: none is known
  /// @param sourceUrl where the entity can be read on this server
  public record Source(
      String scope,
      String model,
      String id,
      JsonObject data,
      @Nullable PublicKey author,
      String sourceUrl) {

    public Source {
      Objects.requireNonNull(data, "data");
    }

    private List<Tag> origin() {
      List<Tag> tags = new ArrayList<>();
      if (author != null) {
        tags.add(Tag.of("p", author.hex()));
      }
      tags.add(new Proxy(sourceUrl, "web").tag());
      return tags;
    }
  }

  /// When to date an event, so that it follows the one before it at the same address.
  public static long dated(long nowSeconds, long lastSeconds) {
    return Math.max(nowSeconds, lastSeconds + 1);
  }

  /// A message of a chat: kind 9 with the chat's `h` tag.
  public static UnsignedEvent message(PublicKey bridge, Source source, long atSeconds) {
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("h", chatId(source)));
    tags.addAll(source.origin());
    String content = source.data().string("content").orElseGet(source.data()::text);
    return new UnsignedEvent(bridge, atSeconds, Kinds.CHAT_MESSAGE, tags, content);
  }

  /// A chat: kind 30001, without its messages, which are events of their own.
  public static UnsignedEvent chat(PublicKey bridge, Source source, long atSeconds) {
    return SeedEvents.chat(
        bridge,
        new SeedEntity.Chat(chatId(source), source.data(), List.of(), Set.of()),
        source.origin(),
        atSeconds);
  }

  /// Anything else: kind 30078 (NIP-78), `d` = scope/model/id, its fields as content.
  public static UnsignedEvent entity(PublicKey bridge, Source source, long atSeconds) {
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("d", source.scope() + "/" + source.model() + "/" + source.id()));
    tags.addAll(source.origin());
    return new UnsignedEvent(bridge, atSeconds, Kinds.APPLICATION, tags, source.data().text());
  }

  private static String chatId(Source source) {
    if (!source.scope().startsWith(CHAT_SCOPE)) {
      throw new IllegalArgumentException("not a chat: " + source.scope());
    }
    return source.scope().substring(CHAT_SCOPE.length());
  }
}
