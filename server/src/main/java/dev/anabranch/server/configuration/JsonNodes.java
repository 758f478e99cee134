package dev.anabranch.server.configuration;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The kernel's values as the validator's.
final class JsonNodes {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonNodes() {}

  static JsonNode of(Json json) {
    return switch (json) {
      case JsonNull ignored -> NODES.nullNode();
      case JsonBoolean truth -> NODES.booleanNode(truth.value());
      case JsonString(String text) -> NODES.stringNode(text);
      case JsonNumber number -> number(number);
      case JsonArray array -> array(array);
      case JsonObject object -> object(object);
    };
  }

  private static JsonNode number(JsonNumber number) {
    return number.isLong()
        ? NODES.numberNode(number.longValue())
        : NODES.numberNode(new BigDecimal(number.literal()));
  }

  private static JsonNode array(JsonArray array) {
    ArrayNode node = NODES.arrayNode(array.values().size());
    array.values().forEach(value -> node.add(of(value)));
    return node;
  }

  private static JsonNode object(JsonObject object) {
    ObjectNode node = NODES.objectNode();
    object.fields().forEach((name, value) -> node.set(name, of(value)));
    return node;
  }
}
