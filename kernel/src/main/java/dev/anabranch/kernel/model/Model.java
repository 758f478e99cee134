package dev.anabranch.kernel.model;

import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.rule.MergeRule;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of a kind of entity.
///
/// @param name its canonical name
/// @param rule how concurrent writes settle
/// @param writer the right that a write needs
/// @param bytesMax the largest data (as JSON text) or body of one entity, in bytes
/// @param serverOwned fields that only the server's own principals write
/// @param schema what the entity's fields must satisfy after a write
/// @param marking how its changes are found; null = they have no signed originals. What is marked
///   and then deleted is erased: nothing of its content stays
public record Model(
    ModelName name,
    MergeRule rule,
    Right writer,
    int bytesMax,
    Set<String> serverOwned,
    Schema schema,
    @Nullable Marking marking) {

  /// The largest entity of a model that says nothing else, in bytes.
  public static final int BYTES_MAX_DEFAULT = 64 * 1024;

  public Model {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(schema, "schema");
    serverOwned = Set.copyOf(serverOwned);
    if (bytesMax < 1) {
      throw new IllegalArgumentException("bytesMax " + bytesMax);
    }
  }

  /// A model without signed originals.
  public Model(
      ModelName name,
      MergeRule rule,
      Right writer,
      int bytesMax,
      Set<String> serverOwned,
      Schema schema) {
    this(name, rule, writer, bytesMax, serverOwned, schema, null);
  }

  /// A model of a rule, with the default limits.
  public static Model of(ModelName name, MergeRule rule) {
    return new Model(name, rule, Right.WRITE, BYTES_MAX_DEFAULT, Set.of(), Schema.ANY);
  }
}
