package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
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
import dev.anabranch.nostr.text.MalformedText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads events of the seeds' kinds.
///
/// First whether an event means an entity at all – by its mark or by what its content holds – and
/// only then whether it has the shape: what means one and misses the shape is malformed, never an
/// ordinary event.
final class SeedReader {

  private static final String MESSAGES = "messages";
  private static final String METADATA = "metadata";
  private static final String PREFERENCES = "preferences";
  private static final String FEATURES = "features";
  private static final String UI = "ui";

  private SeedReader() {}

  /// What an event of one of the kinds says, a copy too.
  static SeedReading read(Event event) {
    try {
      Optional<SeedEntity> said =
          switch (event.kind()) {
            case SeedEvents.CHAT -> chat(event);
            case SeedEvents.SETTINGS -> settings(event);
            case Kinds.CHAT_MESSAGE -> line(event);
            case Kinds.NOTE -> training(event);
            default -> Optional.empty();
          };
      return said.<SeedReading>map(SeedReading.Said::new).orElse(SeedReading.ORDINARY);
    } catch (MalformedText wrong) {
      return new SeedReading.Malformed(Objects.requireNonNull(wrong.getMessage()));
    }
  }

  private static void demand(boolean isSo, String otherwise) {
    if (!isSo) {
      throw new MalformedText(otherwise);
    }
  }

  // Chats.

  private static Optional<SeedEntity> chat(Event event) {
    Optional<JsonObject> content = ContentReader.object(event.content());
    String id = event.tag("d").map(Tag::value).orElse("");
    boolean says = holdsChat(event.content(), content) || (!id.isEmpty() && isEmptyObject(content));
    if (!SeedEvents.isMarked(event) && !says) {
      return Optional.empty();
    }
    demand(!id.isEmpty(), "the event of a chat names it in a tag d");
    demand(
        content.isPresent(),
        "the content of a chat is an object with messages and metadata, without U+0000, numbers"
            + " that no double holds or more than 32 levels");
    JsonObject said = content.get();
    demand(
        Set.of(MESSAGES, METADATA).containsAll(said.fields().keySet()),
        "the content of a chat holds messages and metadata and nothing else");
    demand(isObjectOrAbsent(said.get(METADATA)), "the metadata of a chat are an object");
    JsonObject fields =
        said.get(METADATA) instanceof JsonObject metadata ? metadata : JsonObject.EMPTY;
    return Optional.of(new Chat(id, fields, messages(said.get(MESSAGES)), shares(event)));
  }

  /// Whether a content is one that holds something of a chat, whichever chat the event names. Lists
  /// of NIP-51 have none, or one that is encrypted.
  private static boolean holdsChat(String text, Optional<JsonObject> content) {
    return content
        .map(it -> it.get(MESSAGES) != null || it.get(METADATA) != null)
        .orElseGet(() ->
            text.stripLeading().startsWith("{")
                && (text.contains('"' + MESSAGES + '"') || text.contains('"' + METADATA + '"')));
  }

  /// Whether a content is a patch of nothing: a chat's where the event names one.
  private static boolean isEmptyObject(Optional<JsonObject> content) {
    return content.filter(it -> it.fields().isEmpty()).isPresent();
  }

  private static boolean isObjectOrAbsent(@Nullable Json value) {
    return value == null || value instanceof JsonObject;
  }

  private static List<Message> messages(@Nullable Json messages) {
    if (messages == null) {
      return List.of();
    }
    if (!(messages instanceof JsonArray(List<Json> elements))) {
      throw new MalformedText("the messages of a chat are an array");
    }
    demand(
        elements.size() <= SeedEvents.MESSAGES_MAX,
        "the event of a chat carries at most "
            + SeedEvents.MESSAGES_MAX
            + " messages, not "
            + elements.size()
            + "; send the newest, the others stay");
    Map<String, Message> read = new LinkedHashMap<>();
    for (Json element : elements) {
      Message message = message(element);
      demand(read.put(message.id(), message) == null, "two messages have the same id");
    }
    return List.copyOf(read.values());
  }

  private static Message message(Json element) {
    if (!(element instanceof JsonObject object)) {
      throw new MalformedText("a message is an object");
    }
    String id = object.string("id").orElse("");
    demand(!id.isEmpty(), "a message has an id");
    Json version = object.get(SeedEvents.VERSION);
    demand(
        version == null
            || (version instanceof JsonNumber(String literal)
                && literal.matches(SeedEvents.NUMBER)),
        "the version of a message is a whole number");
    return new Message(
        id,
        object.without("id").without(SeedEvents.VERSION),
        version instanceof JsonNumber(String literal) ? Long.valueOf(literal) : null);
  }

  private static List<Share> shares(Event event) {
    Map<PublicKey, Share> shares = new LinkedHashMap<>();
    for (Tag tag : event.tags()) {
      if (tag.is("p") && Hex.isLower(tag.value(), 64)) {
        PublicKey key = new PublicKey(tag.value());
        shares.putIfAbsent(key, new Share(key, role(tag.at(3))));
      }
    }
    demand(
        shares.size() <= SeedEvents.SHARES_MAX,
        "the event of a chat shares it with at most " + SeedEvents.SHARES_MAX + " keys");
    return List.copyOf(shares.values());
  }

  private static Role role(String word) {
    return switch (word) {
      case "", "reader" -> Role.READER;
      case "writer" -> Role.WRITER;
      case "owner" -> Role.OWNER;
      case "revoked" -> Role.REVOKED;
      default ->
          throw new MalformedText(
              "a p tag of a chat says reader, writer, owner or revoked, or nothing");
    };
  }

  // Messages of their own.

  private static Optional<SeedEntity> line(Event event) {
    String chat = event.tag("h").map(Tag::value).orElse("");
    if (chat.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Line(chat, content(event)));
  }

  private static JsonObject content(Event event) {
    demand(event.content().indexOf(0) < 0, "the content holds U+0000");
    return JsonObject.of("content", new JsonString(event.content()));
  }

  // Settings.

  /// In the seed's shape; an event that says that it is ours may say more.
  private static Optional<SeedEntity> settings(Event event) {
    Optional<JsonObject> content = ContentReader.object(event.content());
    boolean isMarked = SeedEvents.isMarked(event);
    if (!isMarked && !isOfSettings(event.content(), content)) {
      return Optional.empty();
    }
    demand(
        content.isPresent() && !content.get().fields().isEmpty(),
        "the content of settings is an object that names one at least, without U+0000, numbers"
            + " that no double holds or more than 32 levels");
    JsonObject said = content.get();
    demand(
        isMarked || Set.of(PREFERENCES, FEATURES, UI).containsAll(said.fields().keySet()),
        "settings without the tag client anabranch are preferences, features and ui");
    demand(isObjectOrAbsent(said.get(PREFERENCES)), "preferences are an object");
    demand(isObjectOrAbsent(said.get(UI)), "ui is an object");
    demand(
        said.get(FEATURES) == null || said.get(FEATURES) instanceof JsonArray,
        "features are an array");
    return Optional.of(new Settings(said));
  }

  /// Whether a content is that of settings. Lists of NIP-51 have none, or one that is encrypted.
  private static boolean isOfSettings(String text, Optional<JsonObject> content) {
    List<String> names = List.of(PREFERENCES, FEATURES, UI);
    return content
        .map(it -> names.stream().anyMatch(name -> it.get(name) != null))
        .orElseGet(() ->
            text.stripLeading().startsWith("{")
                && names.stream().anyMatch(name -> text.contains('"' + name + '"')));
  }

  // Training data.

  /// A note with the tag `training`, and a rating unless it says that it is ours.
  private static Optional<SeedEntity> training(Event event) {
    Optional<String> quality = event.tag("quality").map(Tag::value);
    if (!event.hasTag("t", "training") || (quality.isEmpty() && !SeedEvents.isMarked(event))) {
      return Optional.empty();
    }
    JsonObject fields = content(event);
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
}
