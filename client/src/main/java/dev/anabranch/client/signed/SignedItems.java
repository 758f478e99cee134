package dev.anabranch.client.signed;

import dev.anabranch.client.replica.KnownEntity;
import dev.anabranch.client.replica.QueuedWrite;
import dev.anabranch.client.replica.ScopeCursor;
import dev.anabranch.client.session.Conflict;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.protocol.signed.wire.EntityAction;
import dev.anabranch.protocol.signed.wire.EntityKind;
import dev.anabranch.protocol.signed.wire.Payload;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The server's words ↔ the local copy's; pure.
final class SignedItems {

  private SignedItems() {}

  static EntityKey key(ScopeName scope, JsonObject item) {
    return new EntityKey(
        scope,
        new ModelName(item.string("entity").orElseThrow()),
        new EntityId(item.string("id").orElseThrow()));
  }

  /// An entity as it stands.
  static KnownEntity known(ScopeName scope, JsonObject item) {
    long at = item.number("updated_at").orElse(0);
    return new KnownEntity(
        key(scope, item),
        item.number("version").orElseThrow(),
        item.get("data") instanceof JsonObject data ? data : JsonObject.EMPTY,
        null,
        at,
        at,
        item.number("sync_id").orElseThrow());
  }

  /// An entity after a change; null when it was deleted.
  static @Nullable KnownEntity after(
      EntityKey key, @Nullable KnownEntity before, JsonObject change) {
    String action = change.string("action").orElse("");
    if (action.equals("delete")) {
      return null;
    }
    JsonObject data = change.get("data") instanceof JsonObject fields ? fields : JsonObject.EMPTY;
    JsonObject old = before == null || action.equals("create") ? JsonObject.EMPTY : before.data();
    long at = change.number("at").orElse(0);
    return new KnownEntity(
        key,
        change.number("version").orElseThrow(),
        old.patchedBy(data),
        null,
        before == null ? at : before.createdAt(),
        at,
        change.number("sync_id").orElseThrow());
  }

  /// Whether a write was applied right on top of what is known here.
  static boolean isNext(@Nullable KnownEntity known, QueuedWrite write, long version) {
    Long expected = write.draft().expectedVersion();
    return known == null
        ? write.draft().action() == Action.INSERT && version == 1
        : Objects.equals(expected, known.version()) && version == known.version() + 1;
  }

  /// An entity after an own write that was accepted; null when it was deleted.
  static @Nullable KnownEntity after(
      EntityKey key, @Nullable KnownEntity before, QueuedWrite write, long version, long syncId) {
    JsonObject data = write.draft().data();
    if (data == null) {
      return null;
    }
    JsonObject own =
        key.model().text().equals(EntityKind.CHAT.word())
            ? data.without("messages").without("sharing")
            : data;
    JsonObject old = before == null ? JsonObject.EMPTY : before.data();
    long at = before == null ? 0 : before.updatedAt();
    return new KnownEntity(
        key,
        version,
        old.patchedBy(own),
        null,
        before == null ? 0 : before.createdAt(),
        at,
        syncId);
  }

  static ScopeCursor cursor(ScopeName scope, long id) {
    return new ScopeCursor(scope, id, ScopeCursor.SEQ_UNKNOWN);
  }

  /// A queued write as the protocol spells it.
  static Payload payload(QueuedWrite write) {
    EntityKey key = write.entity();
    EntityKind kind = EntityKind.ofWord(key.model().text()).orElseThrow();
    JsonObject data = write.draft().data();
    Long version = write.draft().expectedVersion();
    EntityAction action =
        switch (write.draft().action()) {
          case INSERT -> EntityAction.CREATE;
          case UPDATE, MERGE -> EntityAction.UPDATE;
          case DELETE -> EntityAction.DELETE;
        };
    return new Payload(
        kind,
        action,
        key.id().text(),
        kind == EntityKind.MESSAGE ? key.scope().id() : null,
        data == null ? JsonObject.EMPTY : data,
        version == null || action == EntityAction.CREATE ? 0 : version,
        write.key().text());
  }

  /// A write against what stands there.
  static Conflict conflict(QueuedWrite write, @Nullable JsonObject theirs, long theirVersion) {
    JsonObject base = write.seen();
    JsonObject data = write.draft().data();
    JsonObject mine =
        data == null ? null : base == null ? data.withoutNulls() : base.patchedBy(data);
    return new Conflict(write, base, mine, theirs, theirVersion);
  }
}
