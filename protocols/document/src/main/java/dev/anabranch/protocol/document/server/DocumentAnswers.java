package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.protocol.document.server.DocumentExchange.Committed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// How answers under `/api/document` look.
final class DocumentAnswers {
  private DocumentAnswers() {}

  /// The fields that begin every answer about a document.
  static Map<String, Any> about(EntityKey document) {
    Map<String, Any> fields = new LinkedHashMap<>();
    fields.put("id", Any.of(document.id().text()));
    fields.put("scope", Any.of(document.scope().text()));
    return fields;
  }

  /// An entity as a conflict shows it: its record as scope sync has it, but without its content,
  /// which may be a whole document.
  static JsonObject shown(Entity entity) {
    JsonObject shown =
        JsonObject.EMPTY
            .with("id", entity.key().id().text())
            .with("scope", entity.key().scope().text())
            .with("version", entity.version())
            .with("syncId", entity.id());
    return entity.deleted()
        ? shown.with("deleted", JsonBoolean.TRUE)
        : shown.with("createdAt", entity.createdAt()).with("updatedAt", entity.updatedAt());
  }

  static HttpAnswer json(int status, Map<String, Any> fields) {
    return HttpAnswer.json(status, utf8(JavaScriptJson.stringify(new Any.Object(fields))))
        .with("Cache-Control", "no-store");
  }

  /// How far a document is, and in what state, as the answers say it. Hashing a large one takes its
  /// time: not for the thread that a commit is answered on.
  record Standing(String stateVector, String state) {
    static Standing of(Document document) {
      return new Standing(base64(document.stateVector().encode()), DocumentAnswers.state(document));
    }
  }

  /// What an edit came to.
  ///
  /// @param after how the edited copy stands: its state is for the next edit
  static HttpAnswer edited(EntityKey document, Committed committed, Standing after) {
    if (committed.again()) {
      return repeated(document, committed.applied());
    }
    Map<String, Any> fields = outcome(document, "applied", committed.applied());
    putState(fields, after);
    return json(200, fields).with("ETag", tag(committed.applied().version()));
  }

  /// What an edit came to when it was asked for the first time.
  static HttpAnswer repeated(EntityKey document, Outcome.Applied first) {
    return json(200, outcome(document, "duplicate", first)).with("ETag", tag(first.version()));
  }

  private static Map<String, Any> outcome(
      EntityKey document, String status, Outcome.Applied applied) {
    Map<String, Any> fields = about(document);
    fields.put("status", Any.of(status));
    fields.put("version", Any.of(applied.version()));
    fields.put("syncId", Any.of(applied.id()));
    return fields;
  }

  /// Says how far a document is, for those who speak the CRDT, and in what state, deletions
  /// included, for those who name places in it by their index.
  static void putState(Map<String, Any> fields, Standing standing) {
    fields.put("stateVector", Any.of(standing.stateVector()));
    fields.put("state", Any.of(standing.state()));
  }

  /// The hash of a document's state: equal in all copies that hold the same.
  static String state(Document document) {
    return base64(document.snapshot().hash());
  }

  static String tag(long version) {
    return "\"" + version + "\"";
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
