package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.ScopeName;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An entity as seed 002 shows it: one flat object, its own fields beside the reserved ones.
///
/// A living one is `{id, scope, version, syncId, createdAt, updatedAt, …fields}`, a deleted one
/// `{id, scope, version, syncId, deleted: true}`. Bytes stand in `$body`. A field whose name is
/// reserved or begins with `$` (another gateway can write one) stands in the object `$fields`, so
/// that nothing is lost and nothing is taken for something else.
///
/// @param id `id`
/// @param scope `scope`
/// @param version `version`: 1 or more
/// @param syncId `syncId`: the id of its last change; a client skips events up to it
/// @param createdAt `createdAt`: milliseconds since 1970; 0 when deleted
/// @param updatedAt `updatedAt`: milliseconds since 1970; 0 when deleted
/// @param fields its own; none when deleted
/// @param body its bytes (documents, ciphertext); null = none
/// @param deleted whether it is gone
public record SyncRecord(
    EntityId id,
    ScopeName scope,
    long version,
    long syncId,
    long createdAt,
    long updatedAt,
    JsonObject fields,
    @Nullable Bytes body,
    boolean deleted) {

  /// Names that are not an entity's own fields.
  public static final Set<String> RESERVED =
      Set.of("id", "scope", "version", "syncId", "createdAt", "updatedAt");

  public SyncRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(fields, "fields");
    if (version < 1 || syncId < 1) {
      throw new IllegalArgumentException("version " + version + ", syncId " + syncId);
    }
    if (deleted && (!fields.fields().isEmpty() || body != null)) {
      throw new IllegalArgumentException("a deleted record with content");
    }
  }

  /// A record of an entity that is gone.
  public static SyncRecord deleted(EntityId id, ScopeName scope, long version, long syncId) {
    return new SyncRecord(id, scope, version, syncId, 0, 0, JsonObject.EMPTY, null, true);
  }

  /// Whether a field of this name stands flat beside the reserved ones.
  public static boolean isFlat(String name) {
    return !RESERVED.contains(name) && !name.startsWith("$");
  }
}
