package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonObject;
import java.time.Instant;

/// A change as one line for people: time, id, what happened to what, by whom, with which fields.
final class EventLine {

  private EventLine() {}

  static String of(JsonObject event, Output output) {
    String action = event.string("action").orElse("?");
    String entity = event.string("model").orElse("?") + "/" + event.string("model_id").orElse("?");
    Json data = event.get("data");
    return output.in(Colour.FAINT, at(event))
        + " "
        + event.number("id").orElse(0)
        + " "
        + output.in(colour(action), action)
        + " "
        + output.in(Colour.CYAN, entity)
        + " v"
        + event.number("version").orElse(0)
        + output.in(Colour.FAINT, " by " + event.string("author").orElse("?"))
        + (data == null || data == JsonNull.NULL ? "" : " " + data.text());
  }

  private static String at(JsonObject event) {
    return Instant.ofEpochMilli(event.number("created_at").orElse(0)).toString();
  }

  private static Colour colour(String action) {
    return switch (action) {
      case "insert" -> Colour.GREEN;
      case "delete" -> Colour.RED;
      default -> Colour.YELLOW;
    };
  }
}
