package dev.anabranch.cli.remote;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Fields as arguments: `name=text`, `name:=json`, or `-` for an object on standard input.
final class Fields {

  static final String DESCRIPTION =
      "name=text, name:=json (a number, true, null, a list…), or - for a JSON object on standard"
          + " input.";

  private Fields() {}

  /// The fields with one that an argument has said already; they may only say the same.
  static JsonObject naming(String name, String value, JsonObject fields) {
    Json said = fields.get(name);
    if (said != null && !said.equals(new JsonString(value))) {
      throw misused(
          "the fields say the " + name + " " + said.text() + " and the arguments say " + value);
    }
    return fields.with(name, value);
  }

  static JsonObject of(List<String> arguments, Surroundings surroundings) {
    JsonObject fields = JsonObject.EMPTY;
    for (String argument : arguments) {
      if (argument.equals("-")) {
        fields = with(fields, input(surroundings));
        continue;
      }
      int equals = argument.indexOf('=');
      if (equals < 1 || argument.startsWith(":=")) {
        throw misused(argument + " is no field; write name=text or name:=json");
      }
      boolean json = argument.charAt(equals - 1) == ':';
      String name = argument.substring(0, json ? equals - 1 : equals);
      String text = argument.substring(equals + 1);
      fields = json ? fields.with(name, parsed(name, text)) : fields.with(name, text);
    }
    return fields;
  }

  /// Laid over as they are: a null is a field like any other here, the server knows what it means.
  private static JsonObject with(JsonObject fields, JsonObject more) {
    JsonObject all = fields;
    for (Map.Entry<String, Json> field : more.fields().entrySet()) {
      all = all.with(field.getKey(), field.getValue());
    }
    return all;
  }

  private static Json parsed(String name, String text) {
    return RemoteServer.json(text)
        .orElseThrow(() -> misused(name + ":= must be followed by JSON, not " + text));
  }

  private static JsonObject input(Surroundings surroundings) {
    try {
      String text = new String(surroundings.input().readAllBytes(), StandardCharsets.UTF_8);
      return RemoteServer.json(text)
          .filter(JsonObject.class::isInstance)
          .map(JsonObject.class::cast)
          .orElseThrow(() -> misused("standard input is not a JSON object"));
    } catch (IOException broken) {
      throw new CommandFailure(CommandFailure.MISUSED, "standard input cannot be read", broken);
    }
  }

  private static CommandFailure misused(String message) {
    return new CommandFailure(CommandFailure.MISUSED, message);
  }
}
