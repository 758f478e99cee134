package dev.anabranch.nostr;

import dev.anabranch.nostr.text.JsonReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A JSON text as maps, lists, strings, numbers and booleans, for vectors.
public final class TestJson {

  private TestJson() {}

  public static Object read(JsonReader json) {
    return switch (json.peek()) {
      case '{' -> object(json);
      case '[' -> array(json);
      case '"' -> json.string();
      case 't', 'f' -> json.bool();
      default -> json.integer();
    };
  }

  private static Map<String, Object> object(JsonReader json) {
    Map<String, Object> fields = new LinkedHashMap<>();
    json.object(name -> fields.put(name, read(json)));
    return fields;
  }

  private static List<Object> array(JsonReader json) {
    List<Object> elements = new ArrayList<>();
    json.array(() -> elements.add(read(json)));
    return elements;
  }

  /// A field of an object.
  @SuppressWarnings("unchecked")
  public static Object field(Object object, String name) {
    return Objects.requireNonNull(((Map<String, Object>) object).get(name), name);
  }

  /// The objects of a list that stands under some names.
  @SuppressWarnings("unchecked")
  public static List<Object> list(Object object, String... names) {
    Object place = object;
    for (String name : names) {
      place = field(place, name);
    }
    return (List<Object>) place;
  }

  /// A text field of an object.
  public static String text(Object object, String name) {
    return (String) field(object, name);
  }
}
