package dev.anabranch.nostr.filter;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.Parsed;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What events somebody asks for: all demands must hold, of each list one value is enough.
///
/// A list that is there and empty matches nothing, except that an empty `&` list demands nothing:
/// an event has every one of no values. Tag names are single letters; only a tag's first value
/// counts.
///
/// @param ids null: any
/// @param authors null: any
/// @param kinds null: any
/// @param tags for each letter the values of which the event has at least one (`#t`), without those
///   that `allTags` demands for the letter; when these were all, the letter is not here (NIP-91)
/// @param allTags for each letter the values of which the event has every one (`&t`, NIP-91)
/// @param sinceSeconds inclusive; 0: from the beginning
/// @param untilSeconds inclusive; [#NO_END]: to the end
/// @param search words to look for (NIP-50); null: no search
/// @param limit the newest so many of those stored; [#NO_LIMIT]: all that are given out
public record Filter(
    @Nullable Set<EventId> ids,
    @Nullable Set<PublicKey> authors,
    @Nullable Set<Integer> kinds,
    Map<Character, Set<String>> tags,
    Map<Character, Set<String>> allTags,
    long sinceSeconds,
    long untilSeconds,
    @Nullable Search search,
    int limit) {

  /// No upper bound of time.
  public static final long NO_END = Long.MAX_VALUE;

  /// No limit of its own.
  public static final int NO_LIMIT = Integer.MAX_VALUE;

  /// Every event.
  public static final Filter ANY =
      new Filter(null, null, null, Map.of(), Map.of(), 0, NO_END, null, NO_LIMIT);

  public Filter {
    ids = copy(ids);
    authors = copy(authors);
    kinds = copy(kinds);
    allTags = copy(allTags);
    tags = without(allTags, copy(tags));
    if (sinceSeconds < 0 || untilSeconds < 0 || limit < 0) {
      throw new IllegalArgumentException(sinceSeconds + "–" + untilSeconds + ", limit " + limit);
    }
  }

  private static <T> @Nullable Set<T> copy(@Nullable Set<T> values) {
    return values == null ? null : ordered(values);
  }

  // A relay keeps many filters, and most name one value.
  private static <T> Set<T> ordered(Set<T> values) {
    return values.size() <= 1
        ? Set.copyOf(values)
        : Collections.unmodifiableSet(new LinkedHashSet<>(values));
  }

  private static Map<Character, Set<String>> copy(Map<Character, Set<String>> tags) {
    if (tags.isEmpty()) {
      return Map.of();
    }
    Map<Character, Set<String>> copies = new LinkedHashMap<>();
    tags.forEach((letter, values) -> {
      if (!Tag.isLetter(letter)) {
        throw new IllegalArgumentException("tag " + letter);
      }
      copies.put(letter, ordered(values));
    });
    return Collections.unmodifiableMap(copies);
  }

  private static Map<Character, Set<String>> without(
      Map<Character, Set<String>> demanded, Map<Character, Set<String>> tags) {
    if (Collections.disjoint(demanded.keySet(), tags.keySet())) {
      return tags;
    }
    Map<Character, Set<String>> left = new LinkedHashMap<>(tags);
    demanded.forEach((letter, values) -> {
      Set<String> others = new LinkedHashSet<>(tags.getOrDefault(letter, Set.of()));
      if (others.removeIf(values::contains)) {
        if (others.isEmpty()) {
          left.remove(letter);
        } else {
          left.put(letter, Collections.unmodifiableSet(others));
        }
      }
    });
    return Collections.unmodifiableMap(left);
  }

  /// The filter that a JSON text spells.
  public static Parsed<Filter> parse(byte[] json, FilterLimits limits) {
    return Parsed.of(() -> {
      JsonReader reader = new JsonReader(json);
      Filter filter = FilterReader.read(reader, limits);
      reader.expectEnd();
      return filter;
    });
  }

  public Filter withIds(Set<EventId> ids) {
    return new Filter(
        ids, authors, kinds, tags, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  public Filter withAuthors(Set<PublicKey> authors) {
    return new Filter(
        ids, authors, kinds, tags, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  public Filter withKinds(Set<Integer> kinds) {
    return new Filter(
        ids, authors, kinds, tags, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  /// With one of these values in a tag.
  public Filter withTag(char letter, Set<String> values) {
    Map<Character, Set<String>> more = new LinkedHashMap<>(tags);
    more.put(letter, values);
    return new Filter(
        ids, authors, kinds, more, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  /// With every one of these values in tags of that letter.
  public Filter withAllTags(char letter, Set<String> values) {
    Map<Character, Set<String>> more = new LinkedHashMap<>(allTags);
    more.put(letter, values);
    return new Filter(ids, authors, kinds, tags, more, sinceSeconds, untilSeconds, search, limit);
  }

  /// In this time, both ends included.
  public Filter between(long sinceSeconds, long untilSeconds) {
    return new Filter(
        ids, authors, kinds, tags, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  public Filter withSearch(Search search) {
    return new Filter(
        ids, authors, kinds, tags, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  public Filter withLimit(int limit) {
    return new Filter(
        ids, authors, kinds, tags, allTags, sinceSeconds, untilSeconds, search, limit);
  }

  /// Whether an event is asked for; the limit has no say.
  public boolean matches(Event event) {
    return matches(event, new Search.EventWords(event));
  }

  /// Whether an event is asked for.
  ///
  /// @param words the event's, so that many filters find them once
  boolean matches(Event event, Search.EventWords words) {
    return (ids == null || ids.contains(event.id()))
        && (authors == null || authors.contains(event.author()))
        && (kinds == null || kinds.contains(event.kind()))
        && event.createdAtSeconds() >= sinceSeconds
        && event.createdAtSeconds() <= untilSeconds
        && hasTags(event)
        && hasAllTags(event)
        && (search == null || search.matches(words));
  }

  /// Whether at least one of some filters asks for an event.
  public static boolean anyMatches(List<Filter> filters, Event event) {
    Search.EventWords words = new Search.EventWords(event);
    for (Filter filter : filters) {
      if (filter.matches(event, words)) {
        return true;
      }
    }
    return false;
  }

  private boolean hasTags(Event event) {
    for (Map.Entry<Character, Set<String>> tag : tags.entrySet()) {
      if (!hasOne(event, tag.getKey(), tag.getValue())) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAllTags(Event event) {
    for (Map.Entry<Character, Set<String>> tag : allTags.entrySet()) {
      if (!hasAll(event, tag.getKey(), tag.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasAll(Event event, char letter, Set<String> values) {
    if (values.size() > event.tags().size()) {
      return false;
    }
    Set<String> missing = new HashSet<>(values);
    for (Tag tag : event.tags()) {
      if (isNamed(tag, letter)) {
        missing.remove(tag.value());
      }
    }
    return missing.isEmpty();
  }

  private static boolean hasOne(Event event, char letter, Set<String> values) {
    for (Tag tag : event.tags()) {
      if (isNamed(tag, letter) && values.contains(tag.value())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNamed(Tag tag, char letter) {
    return tag.hasValue() && tag.name().length() == 1 && tag.name().charAt(0) == letter;
  }

  /// The compact JSON of the filter.
  public String json() {
    StringBuilder out = new StringBuilder();
    writeTo(out);
    return out.toString();
  }

  /// Appends the compact JSON.
  public void writeTo(StringBuilder out) {
    FilterWriter.write(this, out);
  }
}
