package dev.anabranch.testkit;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A Nostr event as its JSON reads, for oracles that share nothing with what they judge.
///
/// @param kind as it stands
/// @param tags each tag's texts
/// @param words of the content; ciphertext and reposts have none
/// @param json as it came
public record NaiveEvent(
    String id,
    String author,
    long createdAt,
    String kind,
    List<List<String>> tags,
    List<String> words,
    String json) {

  private static final List<String> WORDLESS = List.of("4", "6", "13", "16", "1059", "21059");

  /// The event that a JSON text spells.
  public static NaiveEvent of(String json) {
    JsonObject fields = JsonDecoder.stored(json);
    String kind = Objects.requireNonNull(fields.get("kind")).text();
    String text = WORDLESS.contains(kind) ? "" : fields.string("content").orElseThrow();
    return new NaiveEvent(
        fields.string("id").orElseThrow(),
        fields.string("pubkey").orElseThrow(),
        fields.number("created_at").orElseThrow(),
        kind,
        list(fields.get("tags")).stream().map(NaiveEvent::texts).toList(),
        NaiveFilter.words(text),
        json);
  }

  private static List<Json> list(@Nullable Json array) {
    return ((JsonArray) Objects.requireNonNull(array)).values();
  }

  private static List<String> texts(Json array) {
    return list(array).stream().map(text -> ((JsonString) text).value()).toList();
  }

  /// The first values of the tags of a name; a tag without a value has none.
  public List<String> values(String name) {
    return tags.stream()
        .filter(tag -> tag.size() > 1 && tag.getFirst().equals(name))
        .map(tag -> tag.get(1))
        .toList();
  }
}
