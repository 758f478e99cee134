package dev.anabranch.nostr.filter;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads one filter straight from bytes.
///
/// A field that we do not know is refused: reading over a demand would give out more than was asked
/// for.
public final class FilterReader {

  private final JsonReader json;
  private final FilterLimits limits;
  private int values;
  private @Nullable Set<EventId> ids;
  private @Nullable Set<PublicKey> authors;
  private @Nullable Set<Integer> kinds;
  private final Map<Character, Set<String>> tags = new LinkedHashMap<>();
  private final Map<Character, Set<String>> allTags = new LinkedHashMap<>();
  private long sinceSeconds;
  private long untilSeconds = Filter.NO_END;
  private boolean endsTooEarly;
  private @Nullable Search search;
  private int limit = Filter.NO_LIMIT;

  private FilterReader(JsonReader json, FilterLimits limits) {
    this.json = json;
    this.limits = limits;
  }

  /// Reads the filter that stands next.
  ///
  /// @throws MalformedText when it is not one, or over the limits
  public static Filter read(JsonReader json, FilterLimits limits) {
    FilterReader reader = new FilterReader(json, limits);
    json.object(reader::member);
    return new Filter(
        reader.ids,
        reader.authors,
        reader.kinds,
        reader.tags,
        reader.allTags,
        reader.endsTooEarly ? Math.max(1, reader.sinceSeconds) : reader.sinceSeconds,
        reader.untilSeconds,
        reader.search,
        reader.limit);
  }

  private void member(String name) {
    switch (name) {
      case "ids" -> ids = list(() -> EventId.parse(json.string()));
      case "authors" -> authors = list(() -> PublicKey.parse(json.string()));
      case "kinds" -> kinds = list(this::kind);
      case "since" -> sinceSeconds = Math.max(0, json.signedInteger());
      case "until" -> until(json.signedInteger());
      case "limit" -> limit = (int) Math.min(json.integer(), Filter.NO_LIMIT - 1);
      case "search" -> search = search();
      default -> tag(name);
    }
  }

  /// No event is from before 1970: an end there is one before the first event.
  private void until(long seconds) {
    untilSeconds = Math.max(0, seconds);
    endsTooEarly = seconds < 0;
  }

  private void tag(String name) {
    boolean isTag = name.length() == 2 && Tag.isLetter(name.charAt(1));
    if (isTag && name.charAt(0) == '#') {
      tags.put(name.charAt(1), list(() -> tagValue(name.charAt(1))));
    } else if (isTag && name.charAt(0) == '&') {
      allTags.put(name.charAt(1), list(() -> tagValue(name.charAt(1))));
    } else {
      String known = name.length() > 32 ? name.substring(0, 32) + "…" : name;
      throw MalformedText.unsupported("the filter has a field that is not supported: " + known);
    }
  }

  private String tagValue(char letter) {
    String value = json.string();
    if ((letter == 'e' || letter == 'p') && !Hex.isLower(value, 64)) {
      throw json.wrong("#" + letter + " has 64 lowercase hexadecimal digits");
    }
    return value;
  }

  private int kind() {
    long number = json.integer();
    if (number > KindClass.KIND_MAX) {
      throw json.wrong("a kind is at most " + KindClass.KIND_MAX);
    }
    return (int) number;
  }

  private Search search() {
    String text = json.string();
    if (text.length() > limits.searchCharactersMax()) {
      throw json.wrong("a search has at most " + limits.searchCharactersMax() + " characters");
    }
    return new Search(text);
  }

  private <T> Set<T> list(Supplier<T> value) {
    Set<T> read = new LinkedHashSet<>();
    json.array(() -> {
      if (++values > limits.valuesMax()) {
        throw json.wrong("the filter has more than " + limits.valuesMax() + " values");
      }
      read.add(value.get());
    });
    return read;
  }
}
