package dev.anabranch.server.configuration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// All sections, merged from every source; asked for one by one.
final class Sections {

  private final Map<String, Map<String, Sourced>> values = new TreeMap<>();
  private final Map<String, Section> asked = new LinkedHashMap<>();

  private final Map<String, String> declared = new TreeMap<>();

  /// A section stands in a file, perhaps without a key.
  void declare(String section, String origin) {
    declared.put(section, origin);
  }

  /// Lays a value over what an earlier source said.
  void put(String section, String key, Sourced value) {
    declared.putIfAbsent(section, value.origin());
    values.computeIfAbsent(section, ignored -> new LinkedHashMap<>()).put(key, value);
  }

  Section of(String name) {
    return asked.computeIfAbsent(
        name, ignored -> new Section(name, values.getOrDefault(name, Map.of())));
  }

  /// The sections and keys that were asked for.
  Map<String, Section> asked() {
    return Map.copyOf(asked);
  }

  void refuseUnknown() {
    declared.forEach((name, origin) -> {
      if (!asked.containsKey(name)) {
        throw Section.unknown(origin, "[" + name + "]", name, asked.keySet());
      }
    });
    asked.values().forEach(Section::refuseUnknown);
  }
}
