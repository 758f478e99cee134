package dev.anabranch.server.configuration;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.AnnotationKeyword;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.model.Schema;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A JSON Schema (draft 2020-12) as the kernel asks it: what is wrong with these fields?
///
/// It runs inside the commit, so it is made once and finds at most a few things to say. References
/// to other places are never fetched.
final class JsonSchema implements Schema {

  private static final SchemaLocation META_SCHEMA =
      SchemaLocation.of("https://json-schema.org/draft/2020-12/schema");
  private static final int VIOLATIONS_TOLD = 3;

  private static final SchemaRegistry REGISTRY = registry(Dialects.getDraft202012());

  private final com.networknt.schema.Schema schema;

  private JsonSchema(com.networknt.schema.Schema schema) {
    this.schema = schema;
  }

  private static SchemaRegistry registry(Dialect dialect) {
    return SchemaRegistry.withDefaultDialect(
        dialect,
        builder ->
            builder.schemaRegistryConfig(
                SchemaRegistryConfig.builder()
                    .locale(Locale.ROOT)
                    .formatAssertionsEnabled(true)
                    .build()));
  }

  /// The schema that a JSON value spells, known to be one.
  static JsonSchema of(JsonNode node) {
    return new JsonSchema(REGISTRY.getSchema(node));
  }

  /// The schema that a JSON value spells, when it is one.
  ///
  /// @param unknown hears the keywords that JSON Schema does not know, which check nothing
  /// @throws RuntimeException with the validator's sentence when it is not
  static JsonSchema checked(JsonNode node, Consumer<String> unknown) {
    Optional<String> violation = told(REGISTRY.getSchema(META_SCHEMA).validate(node));
    if (violation.isPresent()) {
      throw new IllegalArgumentException(violation.get());
    }
    Dialect telling =
        Dialect.builder(Dialects.getDraft202012())
            .unknownKeywordFactory((word, context) -> {
              unknown.accept(word);
              return new AnnotationKeyword(word);
            })
            .build();
    JsonSchema made = new JsonSchema(registry(telling).getSchema(node));
    made.violation(JsonObject.EMPTY); // a reference that leads nowhere shows only in use
    return made;
  }

  @Override
  public Optional<String> violation(JsonObject data) {
    return told(schema.validate(JsonNodes.of(data)));
  }

  private static Optional<String> told(List<Error> errors) {
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    List<String> told =
        errors.stream()
            .limit(VIOLATIONS_TOLD)
            .map(error -> place(error) + error.getMessage())
            .toList();
    int more = errors.size() - told.size();
    return Optional.of(String.join("; ", told) + (more > 0 ? "; and " + more + " more" : ""));
  }

  private static String place(Error error) {
    String pointer = error.getInstanceLocation().toString();
    return pointer.isEmpty() ? "" : pointer + ": ";
  }
}
