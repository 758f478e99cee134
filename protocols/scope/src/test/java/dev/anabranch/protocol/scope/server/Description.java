package dev.anabranch.protocol.scope.server;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import dev.anabranch.protocol.scope.wire.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The description of the interface, to hold real answers against.
final class Description {
  static final Description OF_SCOPE_SYNC = new Description();

  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete", "put");
  private final JsonObject document;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private Description() {
    try (InputStream file =
        Objects.requireNonNull(Description.class.getResourceAsStream("openapi.json"))) {
      document = (JsonObject) Vectors.json(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /// Every operation as `GET /sync/delta`.
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    object(document, "paths")
        .fields()
        .forEach((path, item) ->
            ((JsonObject) item)
                .fields().keySet().stream()
                    .filter(METHODS::contains)
                    .forEach(
                        method -> operations.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    return operations;
  }

  /// The statuses of an operation.
  Set<Integer> statuses(String operation) {
    Set<Integer> statuses = new TreeSet<>();
    object(operation(operation), "responses")
        .fields()
        .keySet()
        .forEach(status -> statuses.add(Integer.parseInt(status)));
    return statuses;
  }

  /// The codes of problems.
  Set<String> codes() {
    Set<String> codes = new TreeSet<>();
    JsonObject code = object(object(object(document, "components"), "schemas"), "Code");
    ((dev.anabranch.kernel.json.JsonArray) Objects.requireNonNull(code.get("enum")))
        .values()
        .forEach(each -> codes.add(((JsonString) each).value()));
    return codes;
  }

  private JsonObject operation(String operation) {
    String[] parts = operation.split(" ", 2);
    JsonObject item = object(object(document, "paths"), parts[1]);
    return object(item, parts[0].toLowerCase(Locale.ROOT));
  }

  /// What is wrong with an answer; nothing when it is as described.
  List<String> violations(String method, String path, TestExchange answer) {
    Optional<String> operation = operationAt(method, path);
    if (operation.isEmpty()) {
      return List.of(method + " " + path + " is not described");
    }
    Json response =
        object(operation(operation.get()), "responses").get(Integer.toString(answer.status()));
    if (response == null) {
      return List.of(operation.get() + " with " + answer.status() + " is not described");
    }
    return violations(resolved((JsonObject) response), answer);
  }

  private Optional<String> operationAt(String method, String path) {
    return operations().stream()
        .filter(each -> each.startsWith(method + " "))
        .filter(each ->
            path.matches(each.substring(method.length() + 1).replaceAll("\\{[a-z]+}", "[^/]+")))
        .findFirst();
  }

  private JsonObject resolved(JsonObject object) {
    Optional<String> reference = object.string("$ref");
    if (reference.isEmpty()) {
      return object;
    }
    JsonObject at = document;
    for (String part : reference.get().substring(2).split("/")) {
      at = object(at, part);
    }
    return at;
  }

  private List<String> violations(JsonObject response, TestExchange answer) {
    List<String> violations = new ArrayList<>();
    if (response.get("headers") instanceof JsonObject headers) {
      headers.fields().keySet().stream()
          .filter(name -> answer.header(name).isEmpty())
          .forEach(name -> violations.add("the header " + name + " is missing"));
    }
    String type = answer.header("Content-Type").orElse(null);
    JsonObject content = response.get("content") instanceof JsonObject c ? c : null;
    if (content == null || type == null) {
      if (content != null || !answer.text().isEmpty()) {
        violations.add("content " + type + ": " + answer.text());
      }
      return violations;
    }
    if (!(content.get(type) instanceof JsonObject media)) {
      violations.add("the type " + type + " is not described");
      return violations;
    }
    JsonObject schema = object(media, "schema");
    for (String text : parts(type, answer.text())) {
      violations.addAll(violations(schema, text));
    }
    return violations;
  }

  private static List<String> parts(String type, String body) {
    return switch (type) {
      case "application/x-ndjson" -> body.lines().toList();
      case "text/event-stream" -> List.of();
      default -> List.of(body);
    };
  }

  /// What is wrong with a value by a schema of the components.
  List<String> violations(String component, String json) {
    return violations(
        JsonObject.of("$ref", new JsonString("#/components/schemas/" + component)), json);
  }

  private List<String> violations(JsonObject schema, String json) {
    String standalone =
        JsonObject.of(
                Map.of(
                    "$schema",
                    new JsonString("https://json-schema.org/draft/2020-12/schema"),
                    "allOf",
                    new dev.anabranch.kernel.json.JsonArray(List.of(schema)),
                    "components",
                    object(document, "components")))
            .text();
    return schemas.getSchema(standalone, InputFormat.JSON).validate(json, InputFormat.JSON).stream()
        .map(error -> error + " in " + json)
        .toList();
  }

  private static JsonObject object(JsonObject from, String name) {
    @Nullable Json value = from.get(name);
    if (value instanceof JsonObject object) {
      return object;
    }
    throw new AssertionError("the description has no " + name);
  }
}
