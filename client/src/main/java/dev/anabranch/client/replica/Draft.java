package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a user asks to be written, before it has a key and a place in the queue.
///
/// @param entity what is to change
/// @param action insert, update or delete
/// @param data new fields of an insert, changed fields of an update (`null` removes one); null for
///   a delete
/// @param expectedVersion the version the user saw: 0 = does not live; null = whatever is there
public record Draft(
    EntityKey entity, Action action, @Nullable JsonObject data, @Nullable Long expectedVersion) {

  /// The largest data of one write as JSON text, in bytes of UTF-8: it must fit a frame.
  public static final int DATA_BYTES_MAX = 256 * 1024;

  public Draft {
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(action, "action");
    if (action == Action.MERGE || (action == Action.DELETE) != (data == null)) {
      throw new IllegalArgumentException(
          action + " of " + entity.model() + " " + entity.id() + " with data " + data);
    }
    if (data != null && Utf8.length(data.text()) > DATA_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the data of "
              + entity.model()
              + " "
              + entity.id()
              + " is larger than "
              + DATA_BYTES_MAX
              + " bytes");
    }
    if (expectedVersion != null && expectedVersion < 0) {
      throw new IllegalArgumentException("expected version " + expectedVersion);
    }
  }

  /// Create it, or lay these fields over it if it lives.
  public static Draft put(EntityKey entity, JsonObject data) {
    return new Draft(entity, Action.INSERT, data, null);
  }

  /// Change these fields of it; `null` removes one.
  public static Draft patch(EntityKey entity, JsonObject changed) {
    return new Draft(entity, Action.UPDATE, changed, null);
  }

  /// Delete it.
  public static Draft delete(EntityKey entity) {
    return new Draft(entity, Action.DELETE, null, null);
  }

  /// This draft, only if the entity still has that version; 0 = only if it does not live.
  public Draft expecting(long version) {
    return new Draft(entity, action, data, version);
  }
}
