package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A living entity as the server last told it, without this device's pending writes.
///
/// @param key its name
/// @param version 1, 2, 3…
/// @param data its fields
/// @param body bytes in place of fields (a ciphertext); null when there are none
/// @param createdAt server time of its insert, in milliseconds since 1970
/// @param updatedAt server time of its last change, likewise
/// @param syncId the id of its last change
public record KnownEntity(
    EntityKey key,
    long version,
    JsonObject data,
    @Nullable Bytes body,
    long createdAt,
    long updatedAt,
    long syncId) {

  public KnownEntity {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(data, "data");
    if (version < 1 || syncId < 1) {
      throw new IllegalArgumentException("version " + version + ", sync id " + syncId);
    }
  }
}
