package dev.anabranch.kernel.model;

import dev.anabranch.kernel.json.JsonObject;
import java.util.Optional;

/// What an entity's fields must satisfy; the server binds it to JSON Schema.
@FunctionalInterface
public interface Schema {

  /// Anything goes.
  Schema ANY = data -> Optional.empty();

  /// What is wrong with these fields, naming where; empty when nothing.
  Optional<String> violation(JsonObject data);
}
