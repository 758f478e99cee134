package dev.anabranch.testkit;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A Nostr filter as its JSON reads (NIP-01, 50, 91): field by field, an oracle that shares nothing
/// with the filters that are served.
public final class NaiveFilter {

  private static final String ALONE = "\\p{IsIdeographic}\\p{IsHiragana}\\p{IsKatakana}";
  private static final Pattern WORD =
      Pattern.compile("[%s&&\\p{L}]\\p{M}*|[\\p{L}\\p{Nd}\\p{M}&&[^%s]]+".formatted(ALONE, ALONE));

  private final String json;
  private final JsonObject fields;
  private final Map<String, List<String>> lists = new HashMap<>();

  /// The filter that a JSON text spells.
  public NaiveFilter(String json) {
    this.json = json;
    this.fields = JsonDecoder.stored(json);
    fields
        .fields()
        .forEach((name, value) -> {
          if (value instanceof JsonArray(List<Json> values)) {
            lists.put(name, values.stream().map(NaiveFilter::text).toList());
          }
        });
  }

  private static String text(Json value) {
    return value instanceof JsonString(String text) ? text : value.text();
  }

  /// As it is asked.
  public String json() {
    return json;
  }

  /// How many of the stored are asked for at most.
  public long limit() {
    return fields.number("limit").orElse(Long.MAX_VALUE);
  }

  /// Whether it asks for these kinds and for no others.
  public boolean asksOnlyFor(List<String> kinds) {
    List<String> asked = lists.getOrDefault("kinds", List.of());
    return !asked.isEmpty() && kinds.containsAll(asked);
  }

  /// Whether one of some filters asks for an event.
  public static boolean anyMatches(List<NaiveFilter> filters, NaiveEvent event) {
    return filters.stream().anyMatch(filter -> filter.matches(event));
  }

  /// Whether it asks for an event.
  public boolean matches(NaiveEvent event) {
    for (String name : fields.fields().keySet()) {
      if (!holds(name, lists.getOrDefault(name, List.of()), event)) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(String name, List<String> asked, NaiveEvent event) {
    return switch (name) {
      case "ids" -> asked.contains(event.id());
      case "authors" -> asked.contains(event.author());
      case "kinds" -> asked.contains(event.kind());
      case "since" -> event.createdAt() >= fields.number(name).orElseThrow();
      case "until" -> event.createdAt() <= fields.number(name).orElseThrow();
      case "search" -> isFound(fields.string(name).orElseThrow(), event.words());
      case "limit" -> true;
      default -> hasTags(name.charAt(0), name.substring(1), asked, event.values(name.substring(1)));
    };
  }

  /// A value that `&` demands counts no longer in `#`, of which then perhaps nothing is left.
  private boolean hasTags(char mark, String letter, List<String> asked, List<String> there) {
    if (mark == '&') {
      return there.containsAll(asked);
    }
    List<String> demanded = lists.getOrDefault("&" + letter, List.of());
    List<String> left = asked.stream().filter(value -> !demanded.contains(value)).toList();
    return (left.isEmpty() && !asked.isEmpty()) || left.stream().anyMatch(there::contains);
  }

  private static boolean isFound(String search, List<String> content) {
    String asked = search.replaceAll("(?<!\\S)\\p{L}+:(?!//)\\S+", "");
    List<String> wanted = words(asked);
    return wanted.stream().allMatch(word -> content.stream().anyMatch(word::equalsIgnoreCase))
        && (asked.isBlank() || !wanted.isEmpty());
  }

  /// The words of a text in its order: runs of letters, digits and marks, each ideograph and kana
  /// by itself.
  static List<String> words(String text) {
    return WORD.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC))
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Override
  public String toString() {
    return json;
  }
}
