package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
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
import dev.anabranch.nostr.seed.SeedEntity.Settings;
import dev.anabranch.nostr.seed.SeedEntity.Training;
import dev.anabranch.nostr.text.Hex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Events of the seeds' kinds ↔ entities.
public final class SeedEvents {

  /// A chat (seed 001).
  public static final int CHAT = 30_001;

  /// Its author's settings (seed 001).
  public static final int SETTINGS = 10_001;

  /// The most messages that one event of a chat may carry.
  public static final int MESSAGES_MAX = 500;

  private static final Tag CLIENT = Tag.of("client", "anabranch");
  private static final String OPT_IN = "training_opt_in";

  private SeedEvents() {}

  /// Whether an event says that it is meant as the seeds mean it.
  public static boolean isMarked(Event event) {
    return event.hasTag("client", CLIENT.value());
  }

  /// What an event says of an entity; nothing when it is of another kind or shape.
  public static Optional<SeedEntity> read(Event event) {
    return switch (event.kind()) {
      case CHAT -> ContentReader.object(event.content()).flatMap(content -> chat(event, content));
      case SETTINGS -> ContentReader.object(event.content()).flatMap(SeedEvents::settings);
      case Kinds.NOTE -> training(event);
      default -> Optional.empty();
    };
  }

  private static Optional<SeedEntity> chat(Event event, JsonObject content) {
    String id = event.tag("d").map(Tag::value).orElse("");
    boolean isShape =
        !id.isEmpty()
            && Set.of("messages", "metadata").containsAll(content.fields().keySet())
            && isObjectOrAbsent(content.get("metadata"));
    return isShape
        ? messages(content.get("messages"))
            .map(messages -> new Chat(id, fields(content), messages, sharedWith(event)))
        : Optional.empty();
  }

  private static boolean isObjectOrAbsent(@Nullable Json value) {
    return value == null || value instanceof JsonObject;
  }

  private static JsonObject fields(JsonObject content) {
    if (!(content.get("metadata") instanceof JsonObject metadata)) {
      return JsonObject.EMPTY;
    }
    JsonObject fields = JsonObject.of("metadata", metadata.without(OPT_IN));
    return metadata.get(OPT_IN) instanceof JsonBoolean optIn ? fields.with(OPT_IN, optIn) : fields;
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
        object.string("id").ifPresent(id -> read.put(id, new Message(id, object.without("id"))));
      }
    }
    return read.size() == elements.size() && !read.containsKey("")
        ? Optional.of(List.copyOf(read.values()))
        : Optional.empty();
  }

  private static Set<PublicKey> sharedWith(Event event) {
    Set<PublicKey> keys = new LinkedHashSet<>();
    for (String value : event.tagValues("p")) {
      if (Hex.isLower(value, 64)) {
        keys.add(new PublicKey(value));
      }
    }
    return keys;
  }

  private static Optional<SeedEntity> settings(JsonObject content) {
    boolean isShape =
        !content.fields().isEmpty()
            && Set.of("preferences", "features").containsAll(content.fields().keySet())
            && isObjectOrAbsent(content.get("preferences"))
            && (content.get("features") == null || content.get("features") instanceof JsonArray);
    return isShape ? Optional.of(new Settings(content)) : Optional.empty();
  }

  private static Optional<SeedEntity> training(Event event) {
    if (!event.hasTag("t", "training") || event.content().indexOf(0) >= 0) {
      return Optional.empty();
    }
    JsonObject fields = JsonObject.of("content", new JsonString(event.content()));
    Optional<String> quality = event.tag("quality").map(Tag::value);
    if (quality.isPresent()) {
      fields = fields.with("quality", rating(quality.get()));
    }
    Optional<String> usage = event.tag("usage").map(Tag::value);
    return Optional.of(
        new Training(usage.isPresent() ? fields.with("usage", usage.get()) : fields));
  }

  /// A number where the author gave one, as other ways in do.
  private static Json rating(String text) {
    return text.matches("(0|[1-9][0-9]{0,8})([.][0-9]{1,6})?")
        ? new JsonNumber(text)
        : new JsonString(text);
  }

  /// A chat's state as its author's event.
  ///
  /// @param fields of the entity: `metadata` and `training_opt_in` are shown, others are not
  /// @param messages the latest, at most [#MESSAGES_MAX]
  public static UnsignedEvent chat(
      PublicKey author, Chat chat, List<Tag> moreTags, long atSeconds) {
    JsonObject metadata =
        chat.fields().get("metadata") instanceof JsonObject object ? object : JsonObject.EMPTY;
    Json optIn = chat.fields().get(OPT_IN);
    JsonObject content =
        JsonObject.of(
                "messages", new JsonArray(chat.messages().stream().map(SeedEvents::json).toList()))
            .with("metadata", optIn == null ? metadata : metadata.with(OPT_IN, optIn));
    List<Tag> tags = new ArrayList<>();
    tags.add(Tag.of("d", chat.id()));
    chat.sharedWith().stream().sorted().forEach(key -> tags.add(Tag.of("p", key.hex())));
    tags.add(CLIENT);
    tags.addAll(moreTags);
    return new UnsignedEvent(author, atSeconds, CHAT, tags, content.text());
  }

  private static Json json(Message message) {
    JsonObject object = JsonObject.of("id", new JsonString(message.id()));
    for (Map.Entry<String, Json> field : message.fields().fields().entrySet()) {
      object = object.with(field.getKey(), field.getValue());
    }
    return object;
  }

  /// Settings as their author's event; fields that the seed's shape has no place for are not shown.
  public static UnsignedEvent settings(
      PublicKey author, JsonObject fields, List<Tag> moreTags, long atSeconds) {
    Json preferences = fields.get("preferences");
    Json features = fields.get("features");
    JsonObject content =
        JsonObject.of("preferences", preferences == null ? JsonObject.EMPTY : preferences)
            .with("features", features == null ? new JsonArray(List.of()) : features);
    List<Tag> tags = new ArrayList<>(List.of(CLIENT));
    tags.addAll(moreTags);
    return new UnsignedEvent(author, atSeconds, SETTINGS, tags, content.text());
  }

  /// A contribution as an event, with what the server decided about its reward.
  public static UnsignedEvent training(
      PublicKey author, JsonObject fields, List<Tag> moreTags, long atSeconds) {
    List<Tag> tags = new ArrayList<>(List.of(Tag.of("t", "training")));
    tag("quality", fields.get("quality")).ifPresent(tags::add);
    tag("usage", fields.get("usage")).ifPresent(tags::add);
    tag("reward", fields.get("reward_status")).ifPresent(tags::add);
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
