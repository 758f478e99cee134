package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedArray;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.util.List;
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

  /// A map's entry gets a value.
  record Set(String key, Any value) implements Edit {}

  /// A map's entry goes.
  record Delete(String key) implements Edit {}

  /// An array or a text gets something at a place.
  record Insert(int index, Any value) implements Edit {}

  /// An array or a text loses units from a place on.
  record Remove(int index, int length) implements Edit {}

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
                () -> new Misfit("root is name:text, name:map or name:array, such as body:text"));
    Json path = object.get("path");
    if (path != null && !(path instanceof JsonArray)) {
      throw new Misfit("path is an array of keys and indexes");
    }
    List<Json> steps = path instanceof JsonArray array ? array.values() : List.of();
    return new DocumentOperation(root, steps, edit(object));
  }

  private static Edit edit(JsonObject object) {
    return switch (object.string("type").orElse("")) {
      case "Set" -> new Set(key(object), value(object));
      case "Delete" -> new Delete(key(object));
      case "Insert" -> new Insert(number(object, "index", -1), value(object));
      case "Remove" -> new Remove(number(object, "index", -1), number(object, "length", 1));
      default -> throw new Misfit("type is Set, Delete, Insert or Remove");
    };
  }

  private static String key(JsonObject object) {
    return object.string("key").orElseThrow(() -> new Misfit("key is missing"));
  }

  private static Any value(JsonObject object) {
    Json value = object.get("value");
    if (value == null) {
      throw new Misfit("value is missing");
    }
    return JavaScriptJson.parse(value.text());
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
      case Set(String key, Any value) -> map(type).put(key, value);
      case Delete(String key) -> map(type).remove(key);
      case Insert(int index, Any value) -> insert(type, index, value);
      case Remove(int index, int length) -> remove(type, index, length);
    }
  }

  private static SharedType child(SharedType type, Json step) {
    Element found = element(type, step);
    if (found instanceof Element.Shared(SharedType inner)) {
      return inner;
    }
    throw new Misfit("the path's step " + step.text() + " leads to no type");
  }

  private static @Nullable Element element(SharedType type, Json step) {
    if (type instanceof SharedMap map && step instanceof JsonString(String key)) {
      return map.get(key);
    }
    if (type instanceof SharedArray array
        && step instanceof JsonNumber number
        && number.isLong()
        && number.longValue() >= 0
        && number.longValue() < array.length()) {
      return array.get((int) number.longValue());
    }
    return null;
  }

  private static SharedMap map(SharedType type) {
    if (type instanceof SharedMap map) {
      return map;
    }
    throw new Misfit("Set and Delete change a map, not " + type.kind());
  }

  private static void insert(SharedType type, int index, Any value) {
    within(index, 0, lengthOf(type));
    switch (type) {
      case SharedArray array -> array.insert(index, value);
      case SharedText text when value instanceof Any.Text(String words) ->
          text.insert(index, words);
      default -> throw new Misfit("into a " + type.kind() + " goes text only");
    }
  }

  private static void remove(SharedType type, int index, int length) {
    within(index, length, lengthOf(type));
    switch (type) {
      case SharedArray array -> array.delete(index, length);
      case SharedText text -> text.delete(index, length);
      default -> throw new Misfit("Insert and Remove change an array or a text");
    }
  }

  private static int lengthOf(SharedType type) {
    return switch (type) {
      case SharedArray array -> array.length();
      case SharedText text -> text.length();
      default -> throw new Misfit("Insert and Remove change an array or a text");
    };
  }

  private static void within(int index, int length, int size) {
    if ((long) index + length > size) {
      throw new Misfit("index " + index + " and length " + length + " reach beyond " + size);
    }
  }
}
