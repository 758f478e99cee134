package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.NewType;
import dev.anabranch.crdt.SharedArray;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One edit of a document by a request (seed 004's operations).
///
/// @param root where the path begins
/// @param path keys of maps and indexes of arrays down to the type that is changed; mostly empty
/// @param edit what happens there
record DocumentOperation(DocumentRoot root, List<Json> path, Edit edit) {

  /// What happens to a type.
  sealed interface Edit {}

  /// A map's entry, or an attribute of an XML element or a text, gets a value.
  record Set(String key, Made value) implements Edit {}

  /// A map's entry or an attribute goes.
  record Delete(String key) implements Edit {}

  /// An array, a text or XML gets something at a place.
  ///
  /// @param marks of a text; null = those that are in force at the place
  record Insert(int index, Made value, @Nullable Map<String, Any> marks) implements Edit {}

  /// An array, a text or XML loses units from a place on.
  record Remove(int index, int length) implements Edit {}

  /// What is put in.
  ///
  /// @param as the kind of type that is made of the value, to be edited in place later; null = the
  ///   value stands as it is and is replaced as a whole
  record Made(Any value, @Nullable NewType as) {}

  /// The operation does not fit; a sentence for the peer.
  static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misfit(String sentence) {
      super(sentence, null, false, false);
    }
  }

  DocumentOperation {
    path = List.copyOf(path);
  }

  /// Whether it only means something at the version that its writer saw.
  boolean needsVersion() {
    return edit instanceof Insert
        || edit instanceof Remove
        || path.stream().anyMatch(JsonNumber.class::isInstance);
  }

  /// Reads `{type, root, path?, key|index, value?|length?}`.
  static DocumentOperation read(Json json) {
    if (!(json instanceof JsonObject object)) {
      throw new Misfit("an operation is an object");
    }
    DocumentRoot root =
        object
            .string("root")
            .flatMap(DocumentRoot::parse)
            .orElseThrow(
                () -> new Misfit("root is name:text, :map, :array or :xml, such as body:text"));
    Json path = object.get("path");
    if (path != null && !(path instanceof JsonArray)) {
      throw new Misfit("path is an array of keys and indexes");
    }
    List<Json> steps = path instanceof JsonArray array ? array.values() : List.of();
    return new DocumentOperation(root, steps, edit(object));
  }

  private static Edit edit(JsonObject object) {
    return switch (object.string("type").orElse("")) {
      case "Set" -> new Set(key(object), made(object));
      case "Delete" -> new Delete(key(object));
      case "Insert" -> new Insert(number(object, "index", -1), made(object), marks(object));
      case "Remove" -> new Remove(number(object, "index", -1), number(object, "length", 1));
      default -> throw new Misfit("type is Set, Delete, Insert or Remove");
    };
  }

  private static String key(JsonObject object) {
    return object.string("key").orElseThrow(() -> new Misfit("key is missing, or no text"));
  }

  private static Made made(JsonObject object) {
    Json value = object.get("value");
    if (value == null) {
      throw new Misfit("value is missing");
    }
    Any plain = JavaScriptJson.parse(value.text());
    return object.get("as") == null ? new Made(plain, null) : new Made(plain, as(object, plain));
  }

  private static NewType as(JsonObject object, Any value) {
    NewType type =
        switch (object.string("as").orElse("")) {
          case "map" -> NewType.MAP;
          case "array" -> NewType.ARRAY;
          case "text" -> NewType.TEXT;
          default -> throw new Misfit("as is map, array or text");
        };
    boolean fits =
        switch (value) {
          case Any.Object ignored -> type.equals(NewType.MAP);
          case Any.Array ignored -> type.equals(NewType.ARRAY);
          case Any.Text ignored -> type.equals(NewType.TEXT);
          default -> false;
        };
    if (!fits) {
      throw new Misfit("a map is made of an object, an array of an array, a text of a text");
    }
    return type;
  }

  private static @Nullable Map<String, Any> marks(JsonObject object) {
    Json marks = object.get("marks");
    if (marks == null) {
      return null;
    }
    if (JavaScriptJson.parse(marks.text()) instanceof Any.Object(Map<String, Any> entries)) {
      return entries;
    }
    throw new Misfit("marks is an object, such as {\"bold\": true}");
  }

  private static int number(JsonObject object, String name, int fallback) {
    OptionalLong number = object.number(name);
    long value = object.get(name) == null ? fallback : number.orElse(-1);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw new Misfit(name + " is a whole number from 0");
    }
    return (int) value;
  }

  /// Changes a copy, inside a transaction of its caller.
  void apply(Document copy) {
    SharedType type = root.in(copy);
    for (Json step : path) {
      type = child(type, step);
    }
    switch (edit) {
      case Set(String key, Made value) -> set(type, key, value);
      case Delete(String key) -> delete(type, key);
      case Insert insert -> insert(type, insert);
      case Remove(int index, int length) -> remove(type, index, length);
    }
  }

  // Where.

  private static SharedType child(SharedType type, Json step) {
    Element found = element(type, step);
    if (found instanceof Element.Shared(SharedType inner)) {
      return inner;
    }
    throw new Misfit(
        found == null
            ? "the path's step " + step.text() + " leads nowhere in " + word(type)
            : "the path's step " + step.text() + " leads to a value, which is replaced as a whole");
  }

  private static @Nullable Element element(SharedType type, Json step) {
    return switch (step) {
      case JsonString(String key) when type instanceof SharedMap map -> map.get(key);
      case JsonNumber number when number.isLong() -> at(type, number.longValue());
      default -> null;
    };
  }

  private static @Nullable Element at(SharedType type, long index) {
    return switch (type) {
      case SharedArray array when index >= 0 && index < array.length() -> array.get((int) index);
      case SharedXmlFragment xml when index >= 0 && index < xml.length() -> xml.get((int) index);
      default -> null;
    };
  }

  private static String word(SharedType type) {
    return switch (type) {
      case SharedMap ignored -> "a map";
      case SharedArray ignored -> "an array";
      case SharedText ignored -> "a text";
      case SharedXmlElement element -> "the XML element " + element.name();
      case SharedXmlFragment ignored -> "XML";
      default -> "this type";
    };
  }

  // Keys.

  private static void set(SharedType type, String key, Made made) {
    switch (type) {
      case SharedMap map when made.as() != null -> fill(map.putType(key, made.as()), made.value());
      case SharedMap map -> map.put(key, made.value());
      case SharedXmlElement element when made.as() == null ->
          element.setAttribute(key, made.value());
      case SharedText text when made.as() == null -> text.setAttribute(key, made.value());
      default -> throw new Misfit("Set changes a map or an attribute, not " + word(type));
    }
  }

  private static void delete(SharedType type, String key) {
    switch (type) {
      case SharedMap map -> map.remove(key);
      case SharedXmlElement element -> element.removeAttribute(key);
      case SharedText text -> text.removeAttribute(key);
      default -> throw new Misfit("Delete changes a map or an attribute, not " + word(type));
    }
  }

  private static void fill(SharedType made, Any value) {
    switch (made) {
      case SharedMap map when value instanceof Any.Object(Map<String, Any> entries) ->
          entries.forEach(map::put);
      case SharedArray array when value instanceof Any.Array(List<Any> values) ->
          array.append(values);
      case SharedText text when value instanceof Any.Text(String words) -> text.insert(0, words);
      default -> throw new IllegalStateException("no " + made.kind() + " is made of " + value);
    }
  }

  // Places.

  private static void insert(SharedType type, Insert insert) {
    int index = insert.index();
    within(index, 0, lengthOf(type));
    Made made = insert.value();
    switch (type) {
      case SharedArray array when made.as() != null ->
          fill(array.insertType(index, made.as()), made.value());
      case SharedArray array -> array.insert(index, made.value());
      case SharedText text -> insert(text, index, made, insert.marks());
      case SharedXmlFragment xml when made.as() == null ->
          NodeJson.insert(xml, index, made.value());
      default -> throw new Misfit("into " + word(type) + " goes no " + made.as());
    }
  }

  private static void insert(
      SharedText text, int index, Made made, @Nullable Map<String, Any> marks) {
    switch (made.value()) {
      case Any.Text(String words) when marks == null -> text.insert(index, words);
      case Any.Text(String words) -> text.insert(index, words, marks);
      case Any.Object embed -> text.insertEmbed(index, embed, marks == null ? Map.of() : marks);
      default -> throw new Misfit("into a text goes text, or an object as an embed");
    }
  }

  private static void remove(SharedType type, int index, int length) {
    within(index, length, lengthOf(type));
    switch (type) {
      case SharedArray array -> array.delete(index, length);
      case SharedText text -> text.delete(index, length);
      case SharedXmlFragment xml -> xml.delete(index, length);
      default -> throw noPlaces(type);
    }
  }

  private static int lengthOf(SharedType type) {
    return switch (type) {
      case SharedArray array -> array.length();
      case SharedText text -> text.length();
      case SharedXmlFragment xml -> xml.length();
      default -> throw noPlaces(type);
    };
  }

  private static Misfit noPlaces(SharedType type) {
    return new Misfit("Insert and Remove change an array, a text or XML, not " + word(type));
  }

  private static void within(int index, int length, int size) {
    if ((long) index + length > size) {
      throw new Misfit("index " + index + " and length " + length + " reach beyond " + size);
    }
  }
}
