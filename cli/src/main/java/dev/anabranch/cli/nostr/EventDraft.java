package dev.anabranch.cli.nostr;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What somebody wants to say, before it has an author and perhaps a time.
///
/// @param createdAtSeconds below 0 = now
record EventDraft(int kind, String content, List<Tag> tags, long createdAtSeconds) {

  static final long NOW = -1;

  private static final int KIND_MAX = 65_535;

  EventDraft {
    if (kind < 0 || kind > KIND_MAX) {
      throw new IllegalArgumentException("a kind is 0 to " + KIND_MAX + ", not " + kind);
    }
    tags = List.copyOf(tags);
  }

  /// A draft as JSON: `kind` (1 when absent), `content`, `tags`, `created_at`.
  ///
  /// @throws IllegalArgumentException with a sentence when it is none
  static EventDraft of(JsonObject json) {
    for (String name : json.fields().keySet()) {
      if (!List.of("kind", "content", "tags", "created_at", "pubkey", "id").contains(name)) {
        throw new IllegalArgumentException("an event has no " + name);
      }
    }
    return new EventDraft(
        (int) number(json, "kind", 1, KIND_MAX),
        content(json.get("content")),
        tags(json.get("tags")),
        number(json, "created_at", NOW, Long.MAX_VALUE));
  }

  private static long number(JsonObject json, String name, long absent, long max) {
    Json given = json.get(name);
    long number = json.number(name).orElse(absent);
    boolean isOne = json.number(name).isPresent() && number >= 0 && number <= max;
    if (given != null && !isOne) {
      throw new IllegalArgumentException(
          name + " is a whole number of 0 to " + max + ", not " + given.text());
    }
    return number;
  }

  private static String content(@Nullable Json json) {
    if (json == null) {
      return "";
    }
    if (json instanceof JsonString(String text)) {
      return text;
    }
    throw new IllegalArgumentException("content is a text, not " + json.text());
  }

  private static List<Tag> tags(@Nullable Json json) {
    List<Tag> tags = new ArrayList<>();
    if (json instanceof JsonArray(List<Json> lists)) {
      for (Json list : lists) {
        tags.add(tag(list));
      }
    } else if (json != null) {
      throw new IllegalArgumentException("tags is a list of lists of texts");
    }
    return tags;
  }

  private static Tag tag(Json json) {
    List<String> values = new ArrayList<>();
    if (json instanceof JsonArray(List<Json> texts)) {
      for (Json text : texts) {
        if (!(text instanceof JsonString(String value))) {
          throw new IllegalArgumentException("a tag is a list of texts, not " + json.text());
        }
        values.add(value);
      }
    }
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a tag is a list of texts, not " + json.text());
    }
    return new Tag(values);
  }

  /// A tag as an argument spells it: `name=value;further;further`.
  ///
  /// @throws IllegalArgumentException when it has no name
  static Tag tag(String argument) {
    int equals = argument.indexOf('=');
    String name = equals < 0 ? argument : argument.substring(0, equals);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a tag is NAME=VALUE, not " + argument);
    }
    List<String> values = new ArrayList<>();
    values.add(name);
    if (equals >= 0) {
      values.addAll(List.of(argument.substring(equals + 1).split(";", -1)));
    }
    return new Tag(values);
  }

  UnsignedEvent by(PublicKey author, long nowSeconds) {
    return new UnsignedEvent(
        author, createdAtSeconds < 0 ? nowSeconds : createdAtSeconds, kind, tags, content);
  }
}
