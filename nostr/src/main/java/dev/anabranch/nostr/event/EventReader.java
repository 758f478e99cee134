package dev.anabranch.nostr.event;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one event straight from bytes.
///
/// Fields that NIP-01 does not know are read over and not kept: they are not signed. Whoever wants
/// the event as it came keeps its text (decision 0062).
public final class EventReader {

  private final JsonReader json;
  private final EventLimits limits;
  private final int start;
  private @Nullable EventId id;
  private @Nullable PublicKey author;
  private long createdAtSeconds = -1;
  private int kind = -1;
  private @Nullable List<Tag> tags;
  private @Nullable String content;
  private @Nullable Signature signature;

  private EventReader(JsonReader json, EventLimits limits) {
    this.json = json;
    this.limits = limits;
    json.peek();
    this.start = json.position();
  }

  /// The event that a whole text spells.
  static Parsed<Event> parse(byte[] bytes, EventLimits limits) {
    return Parsed.of(() -> {
      JsonReader json = new JsonReader(bytes);
      Event event = read(json, limits);
      json.expectEnd();
      return event;
    });
  }

  /// Reads the event that stands next.
  ///
  /// @throws MalformedText when it is not one, or over the limits
  public static Event read(JsonReader json, EventLimits limits) {
    EventReader reader = readFields(json, limits);
    UnsignedEvent body = reader.body();
    return new Event(
        reader.present(reader.id, "id"), body, reader.present(reader.signature, "sig"));
  }

  /// Reads the rumour that stands next (NIP-59): an event without a signature.
  ///
  /// @throws MalformedText when it is not one, or over the limits, or signed, or not named by its
  ///   id
  public static UnsignedEvent readUnsigned(JsonReader json, EventLimits limits) {
    EventReader reader = readFields(json, limits);
    UnsignedEvent body = reader.body();
    EventId claimed = reader.id;
    if (reader.signature != null || (claimed != null && !body.isNamed(claimed))) {
      throw json.wrong("a rumour is not signed, and its id is the hash of what it says");
    }
    return body;
  }

  private static EventReader readFields(JsonReader json, EventLimits limits) {
    EventReader reader = new EventReader(json, limits);
    json.object(reader::member);
    reader.checkBytes();
    return reader;
  }

  /// Asked often, so that little is built of what is too long.
  private void checkBytes() {
    if (json.position() - start > limits.bytesMax()) {
      throw json.wrong("the event has more than " + limits.bytesMax() + " bytes");
    }
  }

  private void member(String name) {
    checkBytes();
    switch (name) {
      case "id" -> id = EventId.parse(json.string());
      case "pubkey" -> author = PublicKey.parse(json.string());
      case "created_at" -> createdAtSeconds = json.integer();
      case "kind" -> kind = kind();
      case "tags" -> tags = tags();
      case "content" -> content = content();
      case "sig" -> signature = Signature.parse(json.string());
      default -> json.skip();
    }
  }

  private int kind() {
    long number = json.integer();
    if (number > KindClass.KIND_MAX) {
      throw json.wrong("a kind is at most " + KindClass.KIND_MAX);
    }
    return (int) number;
  }

  private String content() {
    String text = json.string();
    if (text.length() > limits.contentCharactersMax()
        && text.codePointCount(0, text.length()) > limits.contentCharactersMax()) {
      throw json.wrong(
          "the content has more than " + limits.contentCharactersMax() + " characters");
    }
    return text;
  }

  private List<Tag> tags() {
    List<Tag> read = new ArrayList<>();
    json.array(() -> {
      if (read.size() == limits.tagsMax()) {
        throw json.wrong("the event has more than " + limits.tagsMax() + " tags");
      }
      read.add(tag());
      checkBytes();
    });
    return read;
  }

  private Tag tag() {
    List<String> values = new ArrayList<>(4);
    json.array(() -> {
      if (values.size() == limits.tagValuesMax()) {
        throw json.wrong("a tag has more than " + limits.tagValuesMax() + " elements");
      }
      values.add(json.string());
    });
    if (values.isEmpty()) {
      throw json.wrong("a tag is empty");
    }
    return new Tag(values);
  }

  private UnsignedEvent body() {
    if (createdAtSeconds < 0) {
      throw missing("created_at");
    }
    if (kind < 0) {
      throw missing("kind");
    }
    return new UnsignedEvent(
        present(author, "pubkey"),
        createdAtSeconds,
        kind,
        present(tags, "tags"),
        present(content, "content"));
  }

  private <T> T present(@Nullable T value, String name) {
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  private MalformedText missing(String name) {
    return json.wrong("the event has no " + name);
  }
}
