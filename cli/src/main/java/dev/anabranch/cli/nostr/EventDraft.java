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

  EventDraft {
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
        (int) json.number("kind").orElse(1),
        json.string("content").orElse(""),
        tags(json.get("tags")),
        json.number("created_at").orElse(NOW));
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
