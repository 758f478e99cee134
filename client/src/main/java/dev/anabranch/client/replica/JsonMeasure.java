package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;

/// How much a decoder has to count for a value.
///
/// @param values nested values and field names together
/// @param depth nested arrays and objects
record JsonMeasure(int values, int depth) {

  private static final JsonMeasure SCALAR = new JsonMeasure(1, 0);

  static JsonMeasure of(Json value) {
    return switch (value) {
      case JsonObject object -> {
        int values = 1 + object.fields().size();
        int depth = 0;
        for (Json field : object.fields().values()) {
          JsonMeasure inner = of(field);
          values += inner.values;
          depth = Math.max(depth, inner.depth);
        }
        yield new JsonMeasure(values, depth + 1);
      }
      case JsonArray array -> {
        int values = 1;
        int depth = 0;
        for (Json element : array.values()) {
          JsonMeasure inner = of(element);
          values += inner.values;
          depth = Math.max(depth, inner.depth);
        }
        yield new JsonMeasure(values, depth + 1);
      }
      case JsonBoolean ignored -> SCALAR;
      case JsonNull ignored -> SCALAR;
      case JsonNumber ignored -> SCALAR;
      case JsonString ignored -> SCALAR;
    };
  }
}
