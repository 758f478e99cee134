package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.seed.SeedEntity.Chat;
import dev.anabranch.nostr.seed.SeedEntity.Message;
import dev.anabranch.nostr.seed.SeedEntity.Role;
import dev.anabranch.nostr.seed.SeedEntity.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Events of the seeds' kinds ↔ entities.
public final class SeedEvents {

  /// A chat (seed 001).
  public static final int CHAT = 30_001;

  /// Its author's settings (seed 001).
  public static final int SETTINGS = 10_001;

  /// The most messages that one event of a chat may carry.
  public static final int MESSAGES_MAX = 200;

  /// The most keys that one event of a chat may share it with.
  public static final int SHARES_MAX = 200;

  private static final Tag CLIENT = Tag.of("client", "anabranch");
  static final String VERSION = "version";
  static final String NUMBER = "0|[1-9][0-9]{0,14}";

  private SeedEvents() {}

  /// Whether an event says that it is meant as the seeds mean it.
  public static boolean isMarked(Event event) {
    return event.hasTag("client", CLIENT.value());
  }

  /// What an event says of an entity, whichever shape it has. A copy of something that was not born
  /// on Nostr (NIP-48) is an event and nothing else.
  public static SeedReading read(Event event) {
    return switch (event.kind()) {
      case CHAT, SETTINGS, Kinds.NOTE, Kinds.CHAT_MESSAGE ->
          event.tag("proxy").isPresent() ? SeedReading.ORDINARY : SeedReader.read(event);
      default -> SeedReading.ORDINARY;
    };
  }

  /// The version that an event's author had seen, if it says so: a tag `version`.
  public static OptionalLong version(Event event) {
    return event
        .tag(VERSION)
        .map(Tag::value)
        .filter(text -> text.matches(NUMBER))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  /// A chat as its author's event.
  ///
  /// @param chat with at most [#MESSAGES_MAX] messages
  public static UnsignedEvent chat(
      PublicKey author, Chat chat, List<Tag> moreTags, long atSeconds) {
    JsonObject content =
        JsonObject.of(
                "messages",
                new JsonArray(chat.messages().stream().<Json>map(SeedEvents::json).toList()))
            .with("metadata", chat.fields());
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("d", chat.id()));
    chat.shares().forEach(share -> tags.add(tag(share)));
    tags.add(CLIENT);
    tags.addAll(moreTags);
    return new UnsignedEvent(author, atSeconds, CHAT, tags, content.text());
  }

  private static Tag tag(Share share) {
    return share.role() == Role.READER
        ? Tag.of("p", share.key().hex())
        : Tag.of("p", share.key().hex(), "", share.role().name().toLowerCase(Locale.ROOT));
  }

  private static JsonObject json(Message message) {
    JsonObject object = JsonObject.of("id", new JsonString(message.id()));
    if (message.version() != null) {
      object = object.with(VERSION, message.version());
    }
    for (Map.Entry<String, Json> field : message.fields().fields().entrySet()) {
      object = object.with(field.getKey(), field.getValue());
    }
    return object;
  }

  /// Settings as their author's event.
  public static UnsignedEvent settings(
      PublicKey author, JsonObject fields, List<Tag> moreTags, long atSeconds) {
    List<Tag> tags = new ArrayList<>(List.of(CLIENT));
    tags.addAll(moreTags);
    return new UnsignedEvent(author, atSeconds, SETTINGS, tags, fields.text());
  }

  /// A contribution as its author's event.
  public static UnsignedEvent training(
      PublicKey author, JsonObject fields, List<Tag> moreTags, long atSeconds) {
    List<Tag> tags = new ArrayList<>(List.of(Tag.of("t", "training")));
    tag("quality", fields.get("quality")).ifPresent(tags::add);
    tag("usage", fields.get("usage")).ifPresent(tags::add);
    tag("h", fields.get("chat")).ifPresent(tags::add);
    tags.add(CLIENT);
    tags.addAll(moreTags);
    return new UnsignedEvent(
        author, atSeconds, Kinds.NOTE, tags, fields.string("content").orElse(""));
  }

  private static Optional<Tag> tag(String name, @Nullable Json value) {
    return switch (value) {
      case JsonString(String text) -> Optional.of(Tag.of(name, text));
      case JsonNumber(String literal) -> Optional.of(Tag.of(name, literal));
      case null, default -> Optional.empty();
    };
  }
}
