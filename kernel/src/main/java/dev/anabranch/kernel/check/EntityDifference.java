package dev.anabranch.kernel.check;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.log.Entity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Says in which of its parts an entity is not what its log makes of it.
final class EntityDifference {

  private static final int VALUE_CHARACTERS_MAX = 60;

  private final List<String> parts = new ArrayList<>();

  private EntityDifference() {}

  /// @param expected what the log makes; null = nothing
  static String told(@Nullable Entity expected, Entity found) {
    if (expected == null) {
      return "the state has it, the log does not make it";
    }
    EntityDifference difference = new EntityDifference();
    difference.part("version", expected.version(), found.version());
    difference.part("deleted", expected.deleted(), found.deleted());
    difference.part("id", expected.id(), found.id());
    difference.part("seq", expected.seq(), found.seq());
    difference.fields(expected.data().fields(), found.data().fields());
    difference.part("body", expected.body(), found.body());
    return difference.parts.isEmpty()
        ? "the log makes another state of its rule or its times"
        : "the log says " + String.join("; ", difference.parts);
  }

  private void fields(Map<String, Json> expected, Map<String, Json> found) {
    TreeSet<String> names = new TreeSet<>(expected.keySet());
    names.addAll(found.keySet());
    for (String name : names) {
      part("field " + name, text(expected.get(name)), text(found.get(name)));
    }
  }

  private static String text(@Nullable Json value) {
    return value == null ? "absent" : value.text();
  }

  private void part(String what, @Nullable Object expected, @Nullable Object found) {
    if (!Objects.equals(expected, found)) {
      parts.add(what + " " + shown(expected) + ", the state " + shown(found));
    }
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value);
    return text.length() <= VALUE_CHARACTERS_MAX
        ? text
        : text.substring(0, VALUE_CHARACTERS_MAX) + "…";
  }
}
