package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.StateVector;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.kernel.log.EntityKey;
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

  static HttpAnswer json(int status, Map<String, Any> fields) {
    return HttpAnswer.json(status, utf8(JavaScriptJson.stringify(new Any.Object(fields))))
        .with("Cache-Control", "no-store");
  }

  /// What an edit came to.
  ///
  /// @param after the edited copy's, for the next edit
  static HttpAnswer edited(EntityKey document, Committed committed, StateVector after) {
    Map<String, Any> fields = about(document);
    fields.put("status", Any.of(committed.again() ? "duplicate" : "applied"));
    fields.put("version", Any.of(committed.applied().version()));
    fields.put("syncId", Any.of(committed.applied().id()));
    if (!committed.again()) {
      fields.put("stateVector", Any.of(base64(after.encode())));
    }
    return json(200, fields).with("ETag", tag(committed.applied().version()));
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
