package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.kernel.log.Bytes;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The fields of one object, asked for by name and shape; what does not fit is a [Mistake] that
/// names the place.
final class Fields {

  private final JsonObject object;
  private final String place;

  private Fields(JsonObject object, String place) {
    this.object = object;
    this.place = place;
  }

  static Fields of(JsonObject object) {
    return new Fields(object, "");
  }

  /// The fields of an element, which must be an object.
  static Fields of(Json value, String place) {
    if (value instanceof JsonObject object) {
      return new Fields(object, place + ".");
    }
    throw Mistake.invalid(place + " must be an object");
  }

  /// The same fields, with places told from here on.
  Fields inside() {
    return new Fields(object, "");
  }

  JsonObject object() {
    return object;
  }

  boolean has(String name) {
    return object.get(name) != null;
  }

  /// A name of one of the house's kinds.
  <T> T name(String name, Function<String, Optional<T>> parse) {
    return parse
        .apply(text(name))
        .orElseThrow(() ->
            Mistake.invalid(
                place + name + " is not a valid " + name + ": " + shortened(text(name))));
  }

  /// The same, or null when the field is absent or null.
  <T> @Nullable T nameOrNull(String name, Function<String, Optional<T>> parse) {
    return isNothing(name) ? null : name(name, parse);
  }

  String text(String name) {
    if (object.get(name) instanceof JsonString(String value)) {
      return value;
    }
    throw wrong(name, "a string");
  }

  /// A text of bounded length, or null when the field is absent or null.
  @Nullable String textOrNull(String name, int charsMax) {
    return isNothing(name) ? null : text(name, charsMax);
  }

  String text(String name, int charsMax) {
    String text = text(name);
    if (text.length() > charsMax) {
      throw Mistake.invalid(
          place + name + " has " + text.length() + " characters; at most " + charsMax);
    }
    return text;
  }

  /// A whole number of at least `min`.
  long number(String name, long min) {
    if (object.get(name) instanceof JsonNumber number
        && number.isLong()
        && number.longValue() >= min) {
      return number.longValue();
    }
    throw wrong(name, "a whole number of at least " + min);
  }

  long numberOr(String name, long min, long absent) {
    return isNothing(name) ? absent : number(name, min);
  }

  @Nullable Long numberOrNull(String name, long min) {
    return isNothing(name) ? null : (Long) number(name, min);
  }

  boolean flag(String name) {
    Json value = object.get(name);
    if (value == null || value == JsonNull.NULL) {
      return false;
    }
    if (value instanceof JsonBoolean flag) {
      return flag.value();
    }
    throw wrong(name, "true or false");
  }

  JsonObject object(String name) {
    if (object.get(name) instanceof JsonObject value) {
      return value;
    }
    throw wrong(name, "an object");
  }

  @Nullable JsonObject objectOrNull(String name) {
    return isNothing(name) ? null : object(name);
  }

  List<Json> list(String name) {
    if (object.get(name) instanceof JsonArray(List<Json> values)) {
      return values;
    }
    throw wrong(name, "an array");
  }

  @Nullable Bytes bytesOrNull(String name) {
    if (isNothing(name)) {
      return null;
    }
    try {
      return Bytes.of(Base64.getDecoder().decode(text(name)));
    } catch (IllegalArgumentException notBase64) {
      throw wrong(name, "base64");
    }
  }

  private boolean isNothing(String name) {
    Json value = object.get(name);
    return value == null || value == JsonNull.NULL;
  }

  private Mistake wrong(String name, String wanted) {
    return Mistake.invalid(
        place + name + (has(name) ? " must be " : " is missing; it must be ") + wanted);
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
