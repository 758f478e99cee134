package dev.anabranch.client.nostr.cache;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A filter as SQL over the cache: what it finds, the filter itself still looks at (searches and
/// long lists are its own business).
///
/// @param where a condition on `event`
/// @param values of its question marks
record FilterQuery(String where, List<Object> values) {

  /// Values of one list that SQL looks up; a longer list is left to the filter.
  private static final int VALUES_MAX = 5_000;

  static FilterQuery of(Filter filter) {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    conditions.add("created_at between ? and ?");
    values.add(filter.sinceSeconds());
    values.add(filter.untilSeconds());
    oneOf("id", filter.ids(), EventId::hex, conditions, values);
    oneOf("author", filter.authors(), PublicKey::hex, conditions, values);
    oneOf("kind", filter.kinds(), kind -> kind, conditions, values);
    filter.tags().forEach((letter, wanted) -> tagged(letter, wanted, conditions, values));
    filter
        .allTags()
        .forEach((letter, wanted) ->
            wanted.forEach(one -> tagged(letter, List.of(one), conditions, values)));
    return new FilterQuery(String.join(" and ", conditions), values);
  }

  private static <T> void oneOf(
      String column,
      @Nullable Set<T> wanted,
      Function<T, Object> value,
      List<String> conditions,
      List<Object> values) {
    if (wanted != null && wanted.size() <= VALUES_MAX) {
      conditions.add(column + " in (" + marks(wanted.size()) + ")");
      wanted.forEach(each -> values.add(value.apply(each)));
    }
  }

  private static void tagged(
      char letter, Collection<String> wanted, List<String> conditions, List<Object> values) {
    if (wanted.size() > VALUES_MAX) {
      return;
    }
    conditions.add(
        "id in (select id from tag where letter = ? and value in (" + marks(wanted.size()) + "))");
    values.add(String.valueOf(letter));
    values.addAll(wanted);
  }

  private static String marks(int count) {
    return String.join(",", Collections.nCopies(count, "?"));
  }
}
