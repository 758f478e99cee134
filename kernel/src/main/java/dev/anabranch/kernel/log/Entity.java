package dev.anabranch.kernel.log;

import dev.anabranch.kernel.json.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One thing as it stands: the fold of its changes (K4).
///
/// A deleted entity stays as a tombstone, so that its version goes on and a late write finds it.
///
/// @param key its name
/// @param version 1, 2, 3…
/// @param data its fields; empty when deleted
/// @param body its merged bytes (documents, ciphertext); null when there are none
/// @param ruleState what its merge rule must remember besides, such as unsettled siblings; null
///   when nothing
/// @param deleted whether it is a tombstone
/// @param createdAt server time of its first insert (or its latest insert after a delete), in
///   milliseconds
/// @param updatedAt server time of its last change, in milliseconds
/// @param id the id of its last change
/// @param seq the seq of its last change
public record Entity(
    EntityKey key,
    long version,
    JsonObject data,
    @Nullable Bytes body,
    @Nullable JsonObject ruleState,
    boolean deleted,
    long createdAt,
    long updatedAt,
    long id,
    long seq) {

  public Entity {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(data, "data");
    if (version < 1 || id < 1 || seq < 1) {
      throw new IllegalArgumentException("version " + version + ", id " + id + ", seq " + seq);
    }
  }
}
