package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A change as seed 002 shows it ("Sync Log Table").
///
/// @param id `id`: unique and increasing over the server; the cursor after it
/// @param seq `seq`: its place in the scope, 1, 2, 3…: a hole means that something is missing
/// @param scope `scope`
/// @param model `model`: the canonical name
/// @param modelId `model_id`: the entity
/// @param action `action`: `insert`, `update`, `delete` or `merge`
/// @param data `data`: new fields of an insert, changed fields of an update (`null` removes one);
///   null for a delete and wherever `body` stands
/// @param body `body` in base64: a document's update or a ciphertext; absent = none
/// @param version `version`: the entity's version after it, 1 or more
/// @param author `author`: the principal that wrote it
/// @param device `device`: the device it was written on; absent = the writer named none
/// @param key `key`: the writer's own, by which it knows its echo; absent = unknown
/// @param createdAt `created_at`: server time of the commit, milliseconds since 1970
/// @param erased `erased`: true when the content was blanked later; absent = false. Where changes
///   are the whole entity (rule `newest`) `action` is then `delete`
public record SyncEvent(
    long id,
    long seq,
    ScopeName scope,
    ModelName model,
    EntityId modelId,
    Action action,
    @Nullable JsonObject data,
    @Nullable Bytes body,
    long version,
    PrincipalId author,
    @Nullable DeviceId device,
    @Nullable WriteKey key,
    long createdAt,
    boolean erased) {

  public SyncEvent {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(modelId, "modelId");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(author, "author");
    if (id < 1 || seq < 1 || version < 1) {
      throw new IllegalArgumentException("id " + id + ", seq " + seq + ", version " + version);
    }
  }
}
