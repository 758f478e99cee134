package dev.anabranch.nostr.seed;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An event's content as the kernel's Json: what that cannot hold – U+0000, numbers that no double
/// holds – is none.
final class ContentReader {

  private static final int DEPTH_MAX = 32;

  private final JsonReader json;

  private ContentReader(JsonReader json) {
    this.json = json;
  }

  /// The object that a content spells, if it spells one.
  static Optional<JsonObject> object(String content) {
    JsonReader json = new JsonReader(content.getBytes(StandardCharsets.UTF_8));
    try {
      Json value = new ContentReader(json).value(DEPTH_MAX);
      json.expectEnd();
      return value instanceof JsonObject object ? Optional.of(object) : Optional.empty();
    } catch (MalformedText noJson) {
      return Optional.empty();
    }
  }

  private Json value(int depth) {
    if (depth == 0) {
      throw new MalformedText("nested deeper than " + DEPTH_MAX);
    }
    return switch (json.peek()) {
      case '{' -> fields(depth);
      case '[' -> elements(depth);
      case '"' -> new JsonString(clean(json.string()));
      case 't', 'f' -> json.bool() ? JsonBoolean.TRUE : JsonBoolean.FALSE;
      case 'n' -> nothing();
      default -> number();
    };
  }

  private Json nothing() {
    json.nothing();
    return JsonNull.NULL;
  }

  private Json fields(int depth) {
    Map<String, Json> fields = new LinkedHashMap<>();
    json.object(name -> fields.put(clean(name), value(depth - 1)));
    return JsonObject.of(fields);
  }

  private Json elements(int depth) {
    List<Json> elements = new ArrayList<>();
    json.array(() -> elements.add(value(depth - 1)));
    return new JsonArray(elements);
  }

  private Json number() {
    String literal = json.number();
    if (literal.length() > JsonNumber.LITERAL_CHARS_MAX
        || !Double.isFinite(Double.parseDouble(literal))) {
      throw new MalformedText("a number that is out of range");
    }
    return new JsonNumber(literal);
  }

  private static String clean(String text) {
    if (text.indexOf(0) >= 0) {
      throw new MalformedText("a string holds U+0000");
    }
    return text;
  }
}
