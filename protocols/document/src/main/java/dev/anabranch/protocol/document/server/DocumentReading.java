package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Answers a document, or a snapshot of one, as JSON, text or Markdown, from a throw-away copy.
final class DocumentReading {
  private final DocumentSession.Surroundings here;

  DocumentReading(DocumentSession.Surroundings here) {
    this.here = here;
  }

  /// `GET /api/document/{name}`.
  void read(DocumentExchange asked, EntityKey document) {
    asked.inTurn(() -> show(asked, document));
  }

  private void show(DocumentExchange asked, EntityKey document) {
    asked.ask(
        here.shelf().read(asked.caller(), document),
        copy -> {
          if (copy.seq() == 0) {
            throw absent(document);
          }
          Map<String, Any> fields = DocumentAnswers.about(document);
          fields.put("version", Any.of(copy.version()));
          asked.answer(
              shown(asked.request(), copy.state(), fields)
                  .with("ETag", DocumentAnswers.tag(copy.version())));
        });
  }

  static No absent(EntityKey document) {
    return No.absent("there is no document " + document.id() + " in " + document.scope());
  }

  /// A state in the form that the request accepts.
  ///
  /// @param fields what a JSON answer begins with
  HttpAnswer shown(HttpRequest request, UpdateV1 state, Map<String, Any> fields) {
    Document document = DocumentCopy.load(state, here.seams().random());
    DocumentRoots roots = roots(request, document);
    String accept = request.headers().first("Accept").orElse("");
    if (accept.contains("text/markdown")) {
      String text = MarkdownDocument.of(roots.only().shown(document));
      return HttpAnswer.of(200, "text/markdown; charset=utf-8", DocumentAnswers.utf8(text))
          .with("Cache-Control", "no-store");
    }
    if (accept.contains("text/plain")) {
      return HttpAnswer.text(200, ReadDocument.text(roots.only().shown(document)))
          .with("Cache-Control", "no-store");
    }
    return DocumentAnswers.json(200, json(document, state, roots.asked(), fields));
  }

  /// The roots that a request asks for.
  DocumentRoots roots(HttpRequest request, Document document) {
    return DocumentRoots.of(
        request.target().query().getOrDefault("root", List.of()), here.policy().roots(), document);
  }

  private static Map<String, Any> json(
      Document document, UpdateV1 state, List<DocumentRoot> roots, Map<String, Any> fields) {
    List<Any> names = document.roots().keySet().stream().map(Any::of).toList();
    Map<String, Any> values = new LinkedHashMap<>();
    roots.forEach(root -> values.put(root.name(), root.value(document)));
    DocumentAnswers.putState(fields, DocumentAnswers.Standing.of(document));
    fields.put("body", Any.of(DocumentAnswers.base64(state.bytes())));
    fields.put("rootNames", new Any.Array(names));
    fields.put("roots", new Any.Object(values));
    return fields;
  }
}
