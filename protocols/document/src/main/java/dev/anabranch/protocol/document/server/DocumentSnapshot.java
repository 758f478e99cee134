package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.protocol.document.wire.DocumentAddress;
import java.util.Map;
import java.util.Optional;

/// A document as it stood when somebody gave that state a name; pure.
///
/// It is an entity of the scope beside its document, `document_snapshot`, with the whole state as
/// its body: it stands in the log, is kept for as long as the scope, and reaches every subscriber.
///
/// @param document whose state it is
/// @param name of the snapshot
/// @param version the document's version then
/// @param by who made it
/// @param note what was said about it; may be empty
/// @param at when, in milliseconds since 1970
/// @param syncId the id of the change that made it
/// @param state everything that was said until then
record DocumentSnapshot(
    EntityKey document,
    String name,
    long version,
    String by,
    String note,
    long at,
    long syncId,
    UpdateV1 state) {

  static final int NAME_CHARS_MAX = 128;
  static final int NOTE_CHARS_MAX = 1_000;

  /// The entity of a snapshot; empty when the name is none.
  static Optional<EntityKey> key(EntityKey document, String name) {
    return name.isBlank() || name.length() > NAME_CHARS_MAX || name.indexOf('/') >= 0
        ? Optional.empty()
        : EntityId.parse(prefix(document) + name)
            .map(id -> new EntityKey(document.scope(), DocumentAddress.SNAPSHOT, id));
  }

  /// What the ids of a document's snapshots begin with.
  static String prefix(EntityKey document) {
    return document.id().text() + "/";
  }

  /// Keeps a document's state under a name that is not taken.
  static Write keep(
      WriteKey key, EntityKey snapshot, DocumentCopy copy, PrincipalId by, String note) {
    JsonObject said =
        JsonObject.EMPTY.with("documentVersion", copy.version()).with("by", by.text());
    JsonObject data = note.isEmpty() ? said : said.with("note", note);
    Bytes state = Bytes.of(copy.state().bytes());
    return new Write(key, snapshot, Action.INSERT, data, state, 0L, null, 0, null);
  }

  /// The snapshot of an entity; empty when it is none, whoever wrote it.
  static Optional<DocumentSnapshot> of(EntityKey document, Entity entity) {
    String id = entity.key().id().text();
    String prefix = prefix(document);
    Bytes state = entity.body();
    if (entity.deleted() || state == null || !id.startsWith(prefix)) {
      return Optional.empty();
    }
    return Optional.of(
        new DocumentSnapshot(
            document,
            id.substring(prefix.length()),
            entity.data().number("documentVersion").orElse(0),
            entity.data().string("by").orElse(""),
            entity.data().string("note").orElse(""),
            entity.createdAt(),
            entity.id(),
            new UpdateV1(state.toArray())));
  }

  /// What is told of it besides its content.
  void describe(Map<String, Any> fields) {
    fields.put("snapshot", Any.of(name));
    fields.put("version", Any.of(version));
    fields.put("by", Any.of(by));
    if (!note.isEmpty()) {
      fields.put("note", Any.of(note));
    }
    fields.put("createdAt", Any.of(at));
    fields.put("syncId", Any.of(syncId));
    fields.put("bytes", Any.of(state.bytes().length));
  }
}
