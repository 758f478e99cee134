package dev.anabranch.kernel.model;

import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What another entity must say before entities of a model may speak of it: training data is taken
/// only from chats that opted in (seed 000). Asked inside the commit, whatever way the write came.
///
/// @param field the field that names the other entity by its id
/// @param kind the class of the other entity's scope, which is `<kind>:<id>`
/// @param model the other entity's model
/// @param flag the other entity's field that must be `true`
public record Consent(String field, String kind, ModelName model, String flag) {

  public Consent {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(flag, "flag");
  }

  /// Whether a write speaks of another entity at all.
  public boolean isAsked(Write write) {
    return write.data() != null && write.data().get(field) != null;
  }

  /// The entity that a write speaks of; empty when it names none that could be.
  public Optional<EntityKey> of(Write write) {
    return write.data() == null
        ? Optional.empty()
        : write
            .data()
            .string(field)
            .flatMap(id ->
                ScopeName.parse(kind + ":" + id)
                    .flatMap(scope ->
                        EntityId.parse(id).map(entity -> new EntityKey(scope, model, entity))));
  }

  /// Whether that entity, as it stands, says yes.
  public boolean isGivenBy(@Nullable Entity entity) {
    return entity != null && !entity.deleted() && entity.data().get(flag) == JsonBoolean.TRUE;
  }
}
