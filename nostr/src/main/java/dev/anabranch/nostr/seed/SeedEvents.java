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
import dev.anabranch.nostr.seed.SeedEntity.Line;
import dev.anabranch.nostr.seed.SeedEntity.Message;
import dev.anabranch.nostr.seed.SeedEntity.Role;
import dev.anabranch.nostr.seed.SeedEntity.Settings;
import dev.anabranch.nostr.seed.SeedEntity.Share;
import dev.anabranch.nostr.seed.SeedEntity.Training;
import dev.anabranch.nostr.text.Hex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
  private static final String VERSION = "version";
  private static final String NUMBER = "0|[1-9][0-9]{0,14}";

  private SeedEvents() {}

  /// Whether an event says that it is meant as the seeds mean it.
  public static boolean isMarked(Event event) {
    return event.hasTag("client", CLIENT.value());
  }

  /// What an event says of an entity; nothing when it is of another kind or shape, or a copy of
  /// something that was not born on Nostr (NIP-48).
  public static Optional<SeedEntity> read(Event event) {
    if (event.kind() != CHAT
        && event.kind() != SETTINGS
        && event.kind() != Kinds.NOTE
        && event.kind() != Kinds.CHAT_MESSAGE) {
      return Optional.empty();
    }
    if (event.tag("proxy").isPresent()) {
      return Optional.empty();
    }
    return switch (event.kind()) {
      case CHAT -> ContentReader.object(event.content()).flatMap(content -> chat(event, content));
      case SETTINGS ->
          ContentReader.object(event.content()).flatMap(content -> settings(event, content));
      case Kinds.CHAT_MESSAGE -> line(event);
      default -> training(event);
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

  private static Optional<SeedEntity> chat(Event event, JsonObject content) {
    String id = event.tag("d").map(Tag::value).orElse("");
    boolean isShape =
        !id.isEmpty()
            && Set.of("messages", "metadata").containsAll(content.fields().keySet())
            && isObjectOrAbsent(content.get("metadata"));
    if (!isShape) {
      return Optional.empty();
    }
    JsonObject fields =
        content.get("metadata") instanceof JsonObject metadata ? metadata : JsonObject.EMPTY;
    Optional<List<Share>> shares = shares(event);
    return messages(content.get("messages"))
        .filter(ignored -> shares.isPresent())
        .map(messages -> new Chat(id, fields, messages, shares.orElseThrow()));
  }

  private static boolean isObjectOrAbsent(@Nullable Json value) {
    return value == null || value instanceof JsonObject;
  }

  private static Optional<List<Message>> messages(@Nullable Json messages) {
    if (messages == null) {
      return Optional.of(List.of());
    }
    if (!(messages instanceof JsonArray(List<Json> elements)) || elements.size() > MESSAGES_MAX) {
      return Optional.empty();
    }
    Map<String, Message> read = new LinkedHashMap<>();
    for (Json element : elements) {
      if (element instanceof JsonObject object) {
        message(object).ifPresent(message -> read.put(message.id(), message));
      }
    }
    return read.size() == elements.size() && !read.containsKey("")
        ? Optional.of(List.copyOf(read.values()))
        : Optional.empty();
  }

  private static Optional<Message> message(JsonObject object) {
    Json version = object.get(VERSION);
    boolean isVersion =
        version == null
            || (version instanceof JsonNumber(String literal) && literal.matches(NUMBER));
    return object
        .string("id")
        .filter(ignored -> isVersion)
        .map(id ->
            new Message(
                id,
                object.without("id").without(VERSION),
                version instanceof JsonNumber(String literal) ? Long.valueOf(literal) : null));
  }

  private static Optional<List<Share>> shares(Event event) {
    Map<PublicKey, Share> shares = new LinkedHashMap<>();
    for (Tag tag : event.tags()) {
      if (tag.is("p") && Hex.isLower(tag.value(), 64)) {
        Optional<Role> role = role(tag.at(3));
        if (role.isEmpty()) {
          return Optional.empty();
        }
        PublicKey key = new PublicKey(tag.value());
        shares.putIfAbsent(key, new Share(key, role.get()));
      }
    }
    return shares.size() > SHARES_MAX
        ? Optional.empty()
        : Optional.of(List.copyOf(shares.values()));
  }

  private static Optional<Role> role(String word) {
    return switch (word) {
      case "", "reader" -> Optional.of(Role.READER);
      case "writer" -> Optional.of(Role.WRITER);
      case "owner" -> Optional.of(Role.OWNER);
      case "revoked" -> Optional.of(Role.REVOKED);
      default -> Optional.empty();
    };
  }

  private static Optional<SeedEntity> line(Event event) {
    String chat = event.tag("h").map(Tag::value).orElse("");
    return chat.isEmpty() || event.content().indexOf(0) >= 0
        ? Optional.empty()
        : Optional.of(new Line(chat, JsonObject.of("content", new JsonString(event.content()))));
  }

  /// In the seed's shape; an event that says that it is ours may say more.
  private static Optional<SeedEntity> settings(Event event, JsonObject content) {
    Set<String> names = content.fields().keySet();
    boolean isShape =
        !names.isEmpty()
            && (isMarked(event) || Set.of("preferences", "features", "ui").containsAll(names))
            && isObjectOrAbsent(content.get("preferences"))
            && isObjectOrAbsent(content.get("ui"))
            && (content.get("features") == null || content.get("features") instanceof JsonArray);
    return isShape ? Optional.of(new Settings(content)) : Optional.empty();
  }

  /// A note with the tag `training`, and a rating unless it says that it is ours.
  private static Optional<SeedEntity> training(Event event) {
    Optional<String> quality = event.tag("quality").map(Tag::value);
    if (!event.hasTag("t", "training")
        || event.content().indexOf(0) >= 0
        || (quality.isEmpty() && !isMarked(event))) {
      return Optional.empty();
    }
    JsonObject fields = JsonObject.of("content", new JsonString(event.content()));
    if (quality.isPresent()) {
      fields = fields.with("quality", rating(quality.get()));
    }
    fields = said(fields, "usage", event, "usage");
    fields = said(fields, "chat", event, "h");
    return Optional.of(new Training(said(fields, "reward_status", event, "reward")));
  }

  private static JsonObject said(JsonObject fields, String field, Event event, String tag) {
    return event
        .tag(tag)
        .map(Tag::value)
        .filter(text -> text.indexOf(0) < 0)
        .map(text -> fields.with(field, text))
        .orElse(fields);
  }

  /// A number where the author gave one, as other ways in do.
  private static Json rating(String text) {
    return text.matches("(0|[1-9][0-9]{0,8})([.][0-9]{1,6})?")
        ? new JsonNumber(text)
        : new JsonString(text.replace("\u0000", ""));
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
