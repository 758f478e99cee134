package dev.anabranch.nostr.filter;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Thousands of live filters, asked for those that an event matches without asking each.
///
/// Every filter is filed under the values of one of its demands, the one with the fewest: ids,
/// authors, a tag, or else kinds. An event looks under its own id, author, tags and kind and tries
/// only the filters it finds there. Filters without such a demand are tried for every event. A
/// thousand who ask for the same one after the other are one filter, tried once.
///
/// For one thread at a time.
///
/// @param <S> whoever listens with some filters
public final class FilterIndex<S> {

  private final Map<S, Listener<S>> listeners = new HashMap<>();
  private final Map<EventId, LinkedHashSet<Filed<S>>> byId = new HashMap<>();
  private final Map<PublicKey, LinkedHashSet<Filed<S>>> byAuthor = new HashMap<>();
  private final Map<TagValue, LinkedHashSet<Filed<S>>> byTag = new HashMap<>();
  private final Map<Integer, LinkedHashSet<Filed<S>>> byKind = new HashMap<>();
  private final LinkedHashSet<Filed<S>> others = new LinkedHashSet<>();
  private long round;

  private record TagValue(char letter, String value) {}

  /// One who listens; remembers the last event that it heard of, so that it hears of it once.
  private static final class Listener<S> {
    private final S who;
    private final List<Filed<S>> filters = new ArrayList<>();
    private long heardInRound;

    private Listener(S who) {
      this.who = who;
    }
  }

  /// One filter, itself whatever it demands.
  private static final class Filed<S> {
    private final Listener<S> listener;
    private final Filter filter;

    private Filed(Listener<S> listener, Filter filter) {
      this.listener = listener;
      this.filter = filter;
    }
  }

  /// How many listen.
  public int size() {
    return listeners.size();
  }

  /// Somebody listens with these filters and no longer with those before.
  public void put(S who, List<Filter> filters) {
    remove(who);
    Listener<S> listener = new Listener<>(who);
    listeners.put(who, listener);
    for (Filter asked : filters) {
      Filter filter = asAskedBefore(asked);
      Filed<S> filed = new Filed<>(listener, filter);
      listener.filters.add(filed);
      places(filter).forEach(place -> file(place, filed));
    }
  }

  /// The filter that was filed last where this one goes, if they are equal, or this one.
  private Filter asAskedBefore(Filter filter) {
    List<Place> places = places(filter);
    LinkedHashSet<Filed<S>> there = places.isEmpty() ? null : at(places.getFirst());
    if (there == null || there.isEmpty()) {
      return filter;
    }
    Filter last = there.getLast().filter;
    return last.equals(filter) ? last : filter;
  }

  /// Somebody listens no longer.
  public void remove(S who) {
    Listener<S> listener = listeners.remove(who);
    if (listener != null) {
      for (Filed<S> filed : listener.filters) {
        places(filed.filter).forEach(place -> unfile(place, filed));
      }
    }
  }

  /// Tells each who listens to an event, once.
  public void forEachMatch(Event event, Consumer<S> consumer) {
    round++;
    Search.EventWords words = new Search.EventWords(event);
    tell(byId.get(event.id()), event, words, consumer);
    tell(byAuthor.get(event.author()), event, words, consumer);
    if (!byTag.isEmpty()) {
      for (Tag tag : event.tags()) {
        if (tag.isIndexed()) {
          tell(byTag.get(new TagValue(tag.name().charAt(0), tag.value())), event, words, consumer);
        }
      }
    }
    tell(byKind.get(event.kind()), event, words, consumer);
    tell(others, event, words, consumer);
  }

  @SuppressWarnings(
      "ReferenceEquality") // equal ones of a crowd are the same; others only cost more
  private void tell(
      @Nullable Set<Filed<S>> found, Event event, Search.EventWords words, Consumer<S> consumer) {
    if (found == null) {
      return;
    }
    Filter tried = null;
    boolean matches = false;
    for (Filed<S> filed : found) {
      Listener<S> listener = filed.listener;
      if (listener.heardInRound == round) {
        continue;
      }
      if (filed.filter != tried) {
        tried = filed.filter;
        matches = tried.matches(event, words);
      }
      if (matches) {
        listener.heardInRound = round;
        consumer.accept(listener.who);
      }
    }
  }

  /// Where a filter is filed.
  private sealed interface Place {

    record OfId(EventId id) implements Place {}

    record OfAuthor(PublicKey author) implements Place {}

    record OfTag(TagValue tag) implements Place {}

    record OfKind(int kind) implements Place {}

    record Anywhere() implements Place {}
  }

  /// The places of the demand with the fewest values; none when a list is empty, as nothing
  /// matches.
  private static List<Place> places(Filter filter) {
    List<Place> fewest = of(filter.ids(), Place.OfId::new, null);
    fewest = of(filter.authors(), Place.OfAuthor::new, fewest);
    for (Map.Entry<Character, Set<String>> tag : filter.tags().entrySet()) {
      fewest = of(tag.getValue(), value -> tagPlace(tag.getKey(), value), fewest);
    }
    for (Map.Entry<Character, Set<String>> tag : filter.allTags().entrySet()) {
      for (String value : tag.getValue()) {
        fewest = of(Set.of(value), one -> tagPlace(tag.getKey(), one), fewest);
      }
    }
    if (fewest == null) {
      fewest = of(filter.kinds(), Place.OfKind::new, null);
    }
    return fewest == null ? List.of(new Place.Anywhere()) : fewest;
  }

  private static Place tagPlace(char letter, String value) {
    return new Place.OfTag(new TagValue(letter, value));
  }

  private interface PlaceOf<T> {

    Place place(T value);
  }

  private static <T> @Nullable List<Place> of(
      @Nullable Set<T> values, PlaceOf<T> place, @Nullable List<Place> fewest) {
    if (values == null || (fewest != null && fewest.size() <= values.size())) {
      return fewest;
    }
    List<Place> places = new ArrayList<>(values.size());
    for (T value : values) {
      places.add(place.place(value));
    }
    return places;
  }

  private @Nullable LinkedHashSet<Filed<S>> at(Place place) {
    return switch (place) {
      case Place.OfId(EventId id) -> byId.get(id);
      case Place.OfAuthor(PublicKey author) -> byAuthor.get(author);
      case Place.OfTag(TagValue tag) -> byTag.get(tag);
      case Place.OfKind(int kind) -> byKind.get(kind);
      case Place.Anywhere() -> others;
    };
  }

  private void file(Place place, Filed<S> filed) {
    switch (place) {
      case Place.OfId(EventId id) -> add(byId, id, filed);
      case Place.OfAuthor(PublicKey author) -> add(byAuthor, author, filed);
      case Place.OfTag(TagValue tag) -> add(byTag, tag, filed);
      case Place.OfKind(int kind) -> add(byKind, kind, filed);
      case Place.Anywhere() -> others.add(filed);
    }
  }

  private void unfile(Place place, Filed<S> filed) {
    switch (place) {
      case Place.OfId(EventId id) -> drop(byId, id, filed);
      case Place.OfAuthor(PublicKey author) -> drop(byAuthor, author, filed);
      case Place.OfTag(TagValue tag) -> drop(byTag, tag, filed);
      case Place.OfKind(int kind) -> drop(byKind, kind, filed);
      case Place.Anywhere() -> others.remove(filed);
    }
  }

  private static <K, S> void add(Map<K, LinkedHashSet<Filed<S>>> index, K key, Filed<S> filed) {
    index.computeIfAbsent(key, unused -> new LinkedHashSet<>(2)).add(filed);
  }

  private static <K, S> void drop(Map<K, LinkedHashSet<Filed<S>>> index, K key, Filed<S> filed) {
    index.computeIfPresent(
        key,
        (unused, filters) -> {
          filters.remove(filed);
          return filters.isEmpty() ? null : filters;
        });
  }
}
