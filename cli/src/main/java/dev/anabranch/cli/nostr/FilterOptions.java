package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Range;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.FilterLimits;
import dev.anabranch.nostr.filter.Search;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which events.
final class FilterOptions {

  private static final Range KINDS = new Range(0, KindClass.KIND_MAX);
  private static final FilterLimits LIMITS = new FilterLimits(100, 100_000, 10_000);

  @Option(
      names = {"-f", "--filter"},
      paramLabel = "JSON",
      description = "A filter as NIP-01 writes it; several are a choice.")
  private List<String> filters = List.of();

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "N",
      split = ",",
      description = "Of one of these kinds.")
  private List<Integer> kinds = List.of();

  @Option(
      names = {"-a", "--author"},
      paramLabel = "KEY",
      split = ",",
      description = "By one of these: npub1… or hex.")
  private List<String> authors = List.of();

  @Option(
      names = {"-i", "--id"},
      paramLabel = "ID",
      split = ",",
      description = "One of these: note1…, nevent1… or hex.")
  private List<String> ids = List.of();

  @Option(
      names = {"-t", "--tag"},
      paramLabel = "LETTER=VALUE",
      description = "With this tag; the same letter again is a choice.")
  private List<String> tags = List.of();

  @Option(names = "--since", paramLabel = "SECONDS", description = "Not older: seconds since 1970.")
  private @Nullable Long since;

  @Option(names = "--until", paramLabel = "SECONDS", description = "Not newer.")
  private @Nullable Long until;

  @Option(
      names = {"-l", "--limit"},
      paramLabel = "N",
      description = "The newest so many of those stored. Default: all.")
  private @Nullable Integer limit;

  @Option(names = "--search", paramLabel = "WORDS", description = "With these words (NIP-50).")
  private @Nullable String search;

  /// The filters; without any, every event.
  List<Filter> filters() {
    kinds.forEach(kind -> KINDS.check("--kind", kind));
    Range.NOT_NEGATIVE.check("--since", since);
    Range.NOT_NEGATIVE.check("--until", until);
    Range.NOT_NEGATIVE.check("--limit", limit);
    List<Filter> all = new ArrayList<>();
    filters.forEach(json -> all.add(parsed(json)));
    if (all.isEmpty() || isGiven()) {
      try {
        all.add(ofFlags());
      } catch (MalformedText | IllegalArgumentException no) {
        throw new CommandFailure(CommandFailure.MISUSED, String.valueOf(no.getMessage()), no);
      }
    }
    return all;
  }

  /// The one filter, where several make no sense.
  Filter filter() {
    List<Filter> all = filters();
    if (all.size() > 1) {
      throw new CommandFailure(
          CommandFailure.MISUSED, "this command takes one filter, not " + all.size());
    }
    return all.getFirst();
  }

  private boolean isGiven() {
    return !(kinds.isEmpty() && authors.isEmpty() && ids.isEmpty() && tags.isEmpty())
        || since != null
        || until != null
        || limit != null
        || search != null;
  }

  private static Filter parsed(String json) {
    return switch (Filter.parse(json.getBytes(StandardCharsets.UTF_8), LIMITS)) {
      case Parsed.Value<Filter>(Filter filter) -> filter;
      case Parsed.Malformed<Filter>(String detail) ->
          throw new CommandFailure(
              CommandFailure.MISUSED, "not a filter: " + detail + ", in " + json);
    };
  }

  private Filter ofFlags() {
    Filter filter = Filter.ANY;
    if (!kinds.isEmpty()) {
      filter = filter.withKinds(new LinkedHashSet<>(kinds));
    }
    if (!authors.isEmpty()) {
      Set<PublicKey> keys = new LinkedHashSet<>();
      authors.forEach(author -> keys.add(Entity.publicKey(author)));
      filter = filter.withAuthors(keys);
    }
    if (!ids.isEmpty()) {
      Set<EventId> wanted = new LinkedHashSet<>();
      ids.forEach(id -> wanted.add(id(id)));
      filter = filter.withIds(wanted);
    }
    Map<Character, Set<String>> letters = new LinkedHashMap<>();
    tags.forEach(tag -> letters.computeIfAbsent(letter(tag), c -> new HashSet<>()).add(value(tag)));
    for (Map.Entry<Character, Set<String>> each : letters.entrySet()) {
      filter = filter.withTag(each.getKey(), each.getValue());
    }
    filter = filter.between(since == null ? 0 : since, until == null ? Filter.NO_END : until);
    if (search != null) {
      filter = filter.withSearch(new Search(search));
    }
    return limit == null ? filter : filter.withLimit(limit);
  }

  private static char letter(String tag) {
    if (tag.length() < 3 || tag.charAt(1) != '=' || !Tag.isLetter(tag.charAt(0))) {
      throw new IllegalArgumentException("a tag is LETTER=VALUE, not " + tag);
    }
    return tag.charAt(0);
  }

  private static String value(String tag) {
    String value = tag.substring(2);
    return tag.charAt(0) == 'p' && !Hex.isLower(value, 64) ? Entity.publicKey(value).hex() : value;
  }

  /// An event's id in any spelling.
  static EventId id(String text) {
    if (Hex.isLower(text, 64)) {
      return new EventId(text);
    }
    return switch (Entity.parse(text)) {
      case Parsed.Value<Entity>(Entity.Note(EventId id)) -> id;
      case Parsed.Value<Entity>(Entity.Nevent event) -> event.id();
      case Parsed.Value<Entity> other ->
          throw new MalformedText("an event's id is expected, not " + text);
      case Parsed.Malformed<Entity>(String detail) ->
          throw new MalformedText("not an event's id: " + detail);
    };
  }
}
