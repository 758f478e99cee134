package dev.anabranch.client.session;

import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.protocol.scope.wire.SyncEvent;
import dev.anabranch.protocol.scope.wire.SyncRecord;
import org.jspecify.annotations.Nullable;

/// What the server tells ↔ what this device knows.
final class Fold {

  private Fold() {}

  static EntityKey entity(SyncEvent event) {
    return new EntityKey(event.scope(), event.model(), event.modelId());
  }

  /// The entity of a living record.
  static KnownEntity known(ModelName model, SyncRecord record) {
    return new KnownEntity(
        new EntityKey(record.scope(), model, record.id()),
        record.version(),
        record.fields(),
        record.body(),
        record.createdAt(),
        record.updatedAt(),
        record.syncId());
  }

  /// The entity after a change; null = it does not live.
  ///
  /// A record of a snapshot may be newer than a change that comes after the snapshot: it stays. An
  /// update of an entity that is not there is one whose delete was already in the snapshot: nothing
  /// comes of it.
  static @Nullable KnownEntity after(@Nullable KnownEntity before, SyncEvent event) {
    if (before != null && event.id() <= before.syncId()) {
      return before;
    }
    return switch (event.action()) {
      case INSERT -> written(event, JsonObject.EMPTY, event.body(), event.createdAt());
      case UPDATE -> before == null ? null : updated(event, before);
      case MERGE -> merged(event, before);
      case DELETE -> null;
    };
  }

  private static KnownEntity updated(SyncEvent event, KnownEntity before) {
    return written(
        event,
        before.data(),
        event.body() == null ? before.body() : event.body(),
        before.createdAt());
  }

  /// A document's bytes are merged by those who edit it; here it only counts on.
  private static KnownEntity merged(SyncEvent event, @Nullable KnownEntity before) {
    return before == null
        ? written(event, JsonObject.EMPTY, null, event.createdAt())
        : written(event, before.data(), null, before.createdAt());
  }

  private static KnownEntity written(
      SyncEvent event, JsonObject before, @Nullable Bytes body, long createdAt) {
    JsonObject data = event.data();
    return new KnownEntity(
        entity(event),
        event.version(),
        data == null ? before : before.patchedBy(data),
        body,
        createdAt,
        event.createdAt(),
        event.id());
  }
}
