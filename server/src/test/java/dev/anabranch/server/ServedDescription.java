package dev.anabranch.server;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server's description of its HTTP interface, to hold its real answers against.
final class ServedDescription {
  private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete", "put");
  private static final Pattern REFERENCE = Pattern.compile("\"\\$ref\":\"#/([^\"]+)\"");

  private final JsonObject document;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  ServedDescription(String json) {
    document = JsonDecoder.stored(json);
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
                    .map(method -> method.toUpperCase(Locale.ROOT) + " " + path)
                    .forEach(operations::add));
    return operations;
  }

  /// The statuses of an operation.
  Set<String> statuses(String operation) {
    return responses(operation).fields().keySet();
  }

  /// What the description refers to and has not.
  List<String> loose() {
    List<String> loose = new ArrayList<>();
    Matcher references = REFERENCE.matcher(document.text());
    while (references.find()) {
      if (at(references.group(1)).isEmpty()) {
        loose.add(references.group(1));
      }
    }
    return loose;
  }

  /// What is wrong with an answer; nothing when it is as described.
  List<String> violations(String method, String path, HttpResponse<String> answer) {
    if (answer.statusCode() == 405) {
      return violations(reference("Problem"), answer.body());
    }
    Optional<String> operation = operationAt(method, path);
    if (operation.isEmpty()) {
      return List.of(method + " " + path + " is not described");
    }
    Json response = responses(operation.get()).get(Integer.toString(answer.statusCode()));
    if (!(response instanceof JsonObject described)) {
      return List.of(operation.get() + " with " + answer.statusCode() + " is not described");
    }
    JsonObject resolved =
        described.string("$ref").flatMap(ref -> at(ref.substring(2))).orElse(described);
    return violations(resolved, answer);
  }

  /// The operation of a path: of several the longest, for a document's name may hold slashes.
  private Optional<String> operationAt(String method, String path) {
    return operations().stream()
        .filter(each -> each.startsWith(method + " "))
        .filter(each ->
            path.matches(
                each.substring(method.length() + 1)
                    .replace("{name}", ".+")
                    .replaceAll("\\{[a-z]+}", "[^/]+")))
        .max(
            Comparator.comparing((String each) -> each.contains("/api/document/"))
                .thenComparing(String::length));
  }

  private List<String> violations(JsonObject response, HttpResponse<String> answer) {
    List<String> violations = new ArrayList<>();
    if (response.get("headers") instanceof JsonObject headers) {
      headers.fields().keySet().stream()
          .filter(name -> answer.headers().firstValue(name).isEmpty())
          .forEach(name -> violations.add("the header " + name + " is missing"));
    }
    String type = answer.headers().firstValue("Content-Type").orElse("none");
    if (!(object(response, "content").get(type) instanceof JsonObject media)) {
      violations.add("the type " + type + " is not described");
    } else if (type.endsWith("json")) {
      violations.addAll(violations(object(media, "schema"), answer.body()));
    }
    return violations;
  }

  private List<String> violations(JsonObject schema, String json) {
    String standalone =
        JsonObject.of(
                Map.of(
                    "$schema",
                    new JsonString("https://json-schema.org/draft/2020-12/schema"),
                    "allOf",
                    new JsonArray(List.of(schema)),
                    "components",
                    object(document, "components")))
            .text();
    return schemas.getSchema(standalone, InputFormat.JSON).validate(json, InputFormat.JSON).stream()
        .map(error -> error + " in " + json)
        .toList();
  }

  private static JsonObject reference(String schema) {
    return JsonObject.of("$ref", new JsonString("#/components/schemas/" + schema));
  }

  private JsonObject responses(String operation) {
    String[] parts = operation.split(" ", 2);
    JsonObject item = object(object(document, "paths"), parts[1]);
    return object(object(item, parts[0].toLowerCase(Locale.ROOT)), "responses");
  }

  private Optional<JsonObject> at(String path) {
    JsonObject at = document;
    for (String part : path.split("/")) {
      if (!(at.get(part) instanceof JsonObject inner)) {
        return Optional.empty();
      }
      at = inner;
    }
    return Optional.of(at);
  }

  private static JsonObject object(JsonObject from, String name) {
    if (from.get(name) instanceof JsonObject object) {
      return object;
    }
    throw new AssertionError("the description has no " + name + " in " + from.text());
  }
}
