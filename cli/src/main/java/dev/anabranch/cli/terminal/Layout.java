package dev.anabranch.cli.terminal;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;

/// JSON laid out for people: two spaces for each level.
final class Layout {

  private Layout() {}

  static String of(Json value) {
    StringBuilder out = new StringBuilder();
    write(value, "\n", out);
    return out.toString();
  }

  private static void write(Json value, String indent, StringBuilder out) {
    switch (value) {
      case JsonObject object when !object.fields().isEmpty() -> {
        String[] separator = {"{" + indent + "  "};
        object
            .fields()
            .forEach((name, field) -> {
              out.append(separator[0]);
              JsonString.quote(name, out);
              out.append(": ");
              write(field, indent + "  ", out);
              separator[0] = "," + indent + "  ";
            });
        out.append(indent).append('}');
      }
      case JsonArray array when !array.values().isEmpty() -> {
        String separator = "[" + indent + "  ";
        for (Json entry : array.values()) {
          out.append(separator);
          write(entry, indent + "  ", out);
          separator = "," + indent + "  ";
        }
        out.append(indent).append(']');
      }
      default -> value.writeTo(out);
    }
  }
}
