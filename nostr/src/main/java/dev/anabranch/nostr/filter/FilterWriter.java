package dev.anabranch.nostr.filter;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.JsonText;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes a filter as JSON.
final class FilterWriter {

  private final StringBuilder out;
  private String between = "";

  private FilterWriter(StringBuilder out) {
    this.out = out;
  }

  static void write(Filter filter, StringBuilder out) {
    out.append('{');
    new FilterWriter(out).members(filter);
    out.append('}');
  }

  private void members(Filter filter) {
    texts("ids", filter.ids(), EventId::hex);
    texts("authors", filter.authors(), PublicKey::hex);
    list("kinds", filter.kinds(), kind -> out.append(kind.intValue()));
    tags('#', filter.tags());
    tags('&', filter.allTags());
    if (filter.sinceSeconds() > 0) {
      name("since");
      out.append(filter.sinceSeconds());
    }
    if (filter.untilSeconds() != Filter.NO_END) {
      name("until");
      out.append(filter.untilSeconds());
    }
    Search search = filter.search();
    if (search != null) {
      name("search");
      JsonText.quote(search.text(), out);
    }
    if (filter.limit() != Filter.NO_LIMIT) {
      name("limit");
      out.append(filter.limit());
    }
  }

  private void tags(char mark, Map<Character, Set<String>> tags) {
    tags.forEach((letter, values) -> texts("" + mark + letter, values, value -> value));
  }

  private <T> void texts(String name, @Nullable Set<T> values, Function<T, String> text) {
    list(name, values, value -> JsonText.quote(text.apply(value), out));
  }

  private <T> void list(String name, @Nullable Set<T> values, Consumer<T> writer) {
    if (values == null) {
      return;
    }
    name(name);
    out.append('[');
    String comma = "";
    for (T value : values) {
      out.append(comma);
      comma = ",";
      writer.accept(value);
    }
    out.append(']');
  }

  private void name(String name) {
    out.append(between).append('"').append(name).append("\":");
    between = ",";
  }
}
