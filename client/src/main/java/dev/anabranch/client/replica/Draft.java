package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a user asks to be written, before it has a key and a place in the queue.
///
/// @param entity what is to change
/// @param action insert, update, delete or merge
/// @param data new fields of an insert, changed fields of an update (`null` removes one); null for
///   a delete and a merge
/// @param body a document's update, Yjs's format v1; null unless it is a merge
/// @param expectedVersion the version the user saw: 0 = does not live; null = whatever is there
/// @param seen the entity as the user saw it; null = only its version is named, or none is
///   expected. A draft that has a place in the queue does not carry it any more
public record Draft(
    EntityKey entity,
    Action action,
    @Nullable JsonObject data,
    @Nullable Bytes body,
    @Nullable Long expectedVersion,
    @Nullable EntityView seen) {

  /// The largest data of one write as JSON text, in bytes of UTF-8: it must fit a frame.
  public static final int DATA_BYTES_MAX = 256 * 1024;

  /// The most values and field names in the data of one write, likewise.
  public static final int DATA_VALUES_MAX = 10_000;

  /// How deep the data of one write may be nested, likewise.
  public static final int DATA_DEPTH_MAX = 24;

  /// The largest update of a document in one write, in bytes: in base64 it must fit a frame.
  public static final int BODY_BYTES_MAX = 256 * 1024;

  public Draft {
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(action, "action");
    boolean hasFields = action == Action.INSERT || action == Action.UPDATE;
    if (hasFields != (data != null) || (action == Action.MERGE) != (body != null)) {
      throw new IllegalArgumentException(
          action
              + " of "
              + entity.model()
              + " "
              + entity.id()
              + " with data "
              + data
              + " and body "
              + body);
    }
    if (body != null && body.size() > BODY_BYTES_MAX) {
      throw new IllegalArgumentException(
          "an update of "
              + entity.model()
              + " "
              + entity.id()
              + " has "
              + body.size()
              + " bytes; allowed are "
              + BODY_BYTES_MAX);
    }
    if (data != null) {
      checkSize(entity, data);
      ReadableJson.check("the data of " + entity.model() + " " + entity.id(), data);
    }
    if (expectedVersion != null && expectedVersion < 0) {
      throw new IllegalArgumentException("expected version " + expectedVersion);
    }
    if (seen != null && !seen.key().equals(entity)) {
      throw new IllegalArgumentException("a write of " + entity + " that saw " + seen.key());
    }
  }

  /// A draft that names at most the version that the user saw.
  public Draft(
      EntityKey entity,
      Action action,
      @Nullable JsonObject data,
      @Nullable Bytes body,
      @Nullable Long expectedVersion) {
    this(entity, action, data, body, expectedVersion, null);
  }

  private static void checkSize(EntityKey entity, JsonObject data) {
    int bytes = Utf8.length(data.text());
    JsonMeasure measure = JsonMeasure.of(data);
    if (bytes > DATA_BYTES_MAX
        || measure.values() > DATA_VALUES_MAX
        || measure.depth() > DATA_DEPTH_MAX) {
      throw new IllegalArgumentException(
          "the data of "
              + entity.model()
              + " "
              + entity.id()
              + " has "
              + bytes
              + " bytes, "
              + measure.values()
              + " values and depth "
              + measure.depth()
              + "; allowed are "
              + DATA_BYTES_MAX
              + ", "
              + DATA_VALUES_MAX
              + " and "
              + DATA_DEPTH_MAX);
    }
  }

  /// Create it, or lay these fields over it if it lives.
  public static Draft put(EntityKey entity, JsonObject data) {
    return new Draft(entity, Action.INSERT, data, null, null);
  }

  /// Change these fields of it; `null` removes one.
  public static Draft patch(EntityKey entity, JsonObject changed) {
    return new Draft(entity, Action.UPDATE, changed, null, null);
  }

  /// Delete it.
  public static Draft delete(EntityKey entity) {
    return new Draft(entity, Action.DELETE, null, null, null);
  }

  /// Merge an update into a document; it is made when it is not there.
  public static Draft merge(EntityKey document, Bytes update) {
    return new Draft(document, Action.MERGE, null, update, null);
  }

  /// This draft, only if the entity still has that version; 0 = only if it does not live.
  ///
  /// While writes of this device are pending, a version is a guess, and somebody else's write may
  /// come to the same number: then say what was seen, with [#expecting(EntityView)].
  public Draft expecting(long version) {
    return new Draft(entity, action, data, body, version);
  }

  /// This draft, only if nobody else changed the entity since it looked so.
  public Draft expecting(EntityView shown) {
    return new Draft(entity, action, data, body, shown.version(), shown);
  }
}
