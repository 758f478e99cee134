package dev.anabranch.client;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes JSON fields from plain Java values; meant for a static import.
public final class Fields {

  private Fields() {}

  /// Fields from alternating names and values: `fields("title", "Hello", "stars", 3)`.
  ///
  /// Values are text, numbers, booleans, lists, maps with text keys, [Json], or null – which
  /// removes a field in a patch.
  ///
  /// @throws IllegalArgumentException for another kind of value, or a name without a value
  public static JsonObject fields(@Nullable Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a name without a value");
    }
    Map<String, Json> fields = new LinkedHashMap<>();
    for (int index = 0; index < namesAndValues.length; index += 2) {
      if (!(namesAndValues[index] instanceof String name)) {
        throw new IllegalArgumentException("not a field's name: " + namesAndValues[index]);
      }
      fields.put(clean(name), json(namesAndValues[index + 1]));
    }
    return JsonObject.of(fields);
  }

  /// A Java value as JSON.
  static Json json(@Nullable Object value) {
    return switch (value) {
      case null -> JsonNull.NULL;
      case Json json -> json;
      case String text -> new JsonString(clean(text));
      case Boolean truth -> JsonBoolean.of(truth);
      case Number number -> number(number);
      case Collection<?> values -> array(values);
      case Map<?, ?> map -> object(map);
      default ->
          throw new IllegalArgumentException("no JSON value: a " + value.getClass().getName());
    };
  }

  private static String clean(String text) {
    for (int index = 0; index < text.length(); ) {
      int point = text.codePointAt(index);
      if (point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
        throw new IllegalArgumentException(
            "a text with U+0000 or half of a surrogate pair, at " + index);
      }
      index += Character.charCount(point);
    }
    return text;
  }

  private static Json number(Number number) {
    return switch (number) {
      case Integer whole -> JsonNumber.of(whole);
      case Long whole -> JsonNumber.of(whole);
      case Short whole -> JsonNumber.of(whole);
      case Byte whole -> JsonNumber.of(whole);
      case BigInteger whole -> new JsonNumber(whole.toString());
      case BigDecimal decimal -> new JsonNumber(decimal.toString());
      default -> decimal(number.doubleValue());
    };
  }

  private static Json decimal(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    return new JsonNumber(Double.toString(value));
  }

  private static Json array(Collection<?> values) {
    List<Json> elements = new ArrayList<>(values.size());
    for (Object value : values) {
      elements.add(json(value));
    }
    return new JsonArray(elements);
  }

  private static Json object(Map<?, ?> map) {
    Map<String, Json> fields = new LinkedHashMap<>();
    map.forEach((name, value) -> {
      if (!(name instanceof String text)) {
        throw new IllegalArgumentException("not a field's name: " + name);
      }
      fields.put(clean(text), json(value));
    });
    return JsonObject.of(fields);
  }
}
