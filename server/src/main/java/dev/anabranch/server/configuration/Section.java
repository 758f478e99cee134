package dev.anabranch.server.configuration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One table of settings, read key by key; what was asked for is what is known.
///
/// Text is taken for every type, because that is all a flag or an environment variable can be.
final class Section {

  private final String name;
  private final Map<String, Sourced> values;
  private final Set<String> known = new LinkedHashSet<>();

  Section(String name, Map<String, Sourced> values) {
    this.name = name;
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// With other values laid over those that were written.
  Section with(Map<String, Sourced> others) {
    Map<String, Sourced> all = new LinkedHashMap<>(values);
    all.putAll(others);
    return new Section(name, all);
  }

  /// As it stands between brackets.
  String name() {
    return name;
  }

  /// The keys that were asked for so far.
  Set<String> known() {
    return Set.copyOf(known);
  }

  /// The keys that were written.
  Set<String> keys() {
    return values.keySet();
  }

  String text(String key, String fallback) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return fallback;
    }
    if (sourced.value() instanceof String text) {
      return text;
    }
    throw wrong(key, sourced, "a text in quotes");
  }

  int number(String key, int fallback, int least, int most) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return fallback;
    }
    return wholeNumber(sourced.value())
        .filter(value -> value >= least && value <= most)
        .map(Math::toIntExact)
        .orElseThrow(() -> wrong(key, sourced, "a whole number from " + least + " to " + most));
  }

  private static Optional<Long> wholeNumber(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return Optional.of(((Number) value).longValue());
    }
    if (value instanceof String text && text.matches("-?\\d{1,18}")) {
      return Optional.of(Long.parseLong(text));
    }
    return Optional.empty();
  }

  boolean flag(String key, boolean fallback) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return fallback;
    }
    return switch (sourced.value().toString()) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, sourced, "true or false");
    };
  }

  <E extends Enum<E>> E word(String key, E fallback) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return fallback;
    }
    List<String> words = new ArrayList<>();
    for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
      String word = constant.name().toLowerCase(Locale.ROOT);
      if (sourced.value().equals(word)) {
        return constant;
      }
      words.add('"' + word + '"');
    }
    throw wrong(key, sourced, "one of " + String.join(", ", words));
  }

  /// A list of texts; in a flag or a variable they are separated by commas.
  List<String> texts(String key, List<String> fallback) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return fallback;
    }
    if (sourced.value() instanceof String text) {
      return Stream.of(text.split(",", -1)).map(String::strip).filter(s -> !s.isEmpty()).toList();
    }
    if (sourced.value() instanceof List<?> list
        && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw wrong(key, sourced, "a list of texts, such as [\"one\", \"two\"]");
  }

  /// A list of tables (`[[retention.rules]]`); in a flag or a variable as TOML writes it in one
  /// line.
  List<Section> tables(String key) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return List.of();
    }
    if (!(written(key, sourced) instanceof List<?> list)
        || !list.stream().allMatch(Map.class::isInstance)) {
      throw wrong(
          key,
          sourced,
          "a list of tables, each under [["
              + name
              + "."
              + key
              + "]], or in one line as [{ … }, { … }]");
    }
    return list.stream()
        .map(table -> new Section(below(key), sourced((Map<?, ?>) table, sourced.origin())))
        .toList();
  }

  private static Object written(String key, Sourced sourced) {
    if (!(sourced.value() instanceof String text)
        || !(text.isBlank() || text.strip().startsWith("["))) {
      return sourced.value();
    }
    String list = text.isBlank() ? "[]" : text.strip();
    return Objects.requireNonNull(
        TomlFile.parse(key + " = " + list, sourced.origin()).getOrDefault(key, text));
  }

  /// The tables below this one by name (`[models.Message]`).
  Map<String, Section> tablesByName() {
    Map<String, Section> tables = new LinkedHashMap<>();
    for (String key : values.keySet()) {
      table(key).ifPresent(table -> tables.put(key, table));
    }
    return tables;
  }

  /// A table below this one.
  Optional<Section> table(String key) {
    Sourced sourced = find(key);
    if (sourced == null) {
      return Optional.empty();
    }
    if (sourced.value() instanceof Map<?, ?> table) {
      return Optional.of(new Section(below(key), sourced(table, sourced.origin())));
    }
    throw wrong(key, sourced, "a table");
  }

  private String below(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  /// A value as it was written.
  Optional<Object> raw(String key) {
    return Optional.ofNullable(find(key)).map(Sourced::value);
  }

  /// Whether anything was written under a key.
  boolean says(String key) {
    return find(key) != null;
  }

  static Map<String, Sourced> sourced(Map<?, ?> table, String origin) {
    Map<String, Sourced> values = new LinkedHashMap<>();
    table.forEach((key, value) -> values.put(key.toString(), new Sourced(value, origin)));
    return values;
  }

  private @Nullable Sourced find(String key) {
    known.add(key);
    return values.get(key);
  }

  ConfigurationFailure wrong(String key, String expected) {
    Sourced sourced = values.get(key);
    return wrong(key, sourced == null ? new Sourced("", "the default") : sourced, expected);
  }

  private ConfigurationFailure wrong(String key, Sourced sourced, String expected) {
    return new ConfigurationFailure(
        sourced.origin()
            + ": ["
            + name
            + "] "
            + key
            + " must be "
            + expected
            + ", not "
            + shown(sourced.value()));
  }

  private static String shown(Object value) {
    return value instanceof String text ? '"' + text + '"' : value.toString();
  }

  /// Refuses keys that were never asked for.
  void refuseUnknown() {
    values.forEach((key, sourced) -> {
      if (!known.contains(key)) {
        throw unknown(sourced.origin(), "[" + name + "] " + key, key, known);
      }
    });
  }

  static ConfigurationFailure unknown(
      String origin, String shown, String written, Set<String> known) {
    String advice =
        Nearest.to(written, known)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; known here: " + String.join(", ", known.stream().sorted().toList()));
    return new ConfigurationFailure(origin + ": nothing is called " + shown + advice);
  }
}
