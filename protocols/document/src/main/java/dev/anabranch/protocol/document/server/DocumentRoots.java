package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.SharedXmlText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The roots of a document that somebody wants to see, and of what kind each is.
///
/// A Yjs document does not say it. Who asks may (`?root=body:text`), `models.toml` may, and where
/// neither does the content is looked at; a root without any content counts as a text.
///
/// @param asked in the order of the question, or of the document when it names none
/// @param there the names of all roots of the document
record DocumentRoots(List<DocumentRoot> asked, List<String> there) {

  DocumentRoots {
    asked = List.copyOf(asked);
    there = List.copyOf(there);
  }

  /// The roots that are asked for; all of them when none is named.
  ///
  /// @param asked `name` or `name:kind`
  /// @param declared kinds by name
  /// @param copy is looked at, and left as it is
  static DocumentRoots of(
      List<String> asked, Map<String, DocumentRoot.Kind> declared, Document copy) {
    List<String> there = List.copyOf(copy.roots().keySet());
    List<DocumentRoot> roots = new ArrayList<>();
    for (String one : asked) {
      roots.add(DocumentRoot.parse(one).orElseGet(() -> named(one, declared, copy)));
    }
    if (asked.isEmpty()) {
      there.forEach(name -> roots.add(named(name, declared, copy)));
    }
    return new DocumentRoots(roots, there);
  }

  /// The one root that is meant.
  DocumentRoot only() {
    if (asked.size() != 1) {
      throw No.invalid("text has one root: ask with ?root=name:text; the document has " + there);
    }
    return asked.getFirst();
  }

  private static DocumentRoot named(
      String name, Map<String, DocumentRoot.Kind> declared, Document copy) {
    DocumentRoot.Kind kind = declared.get(name);
    if (kind == null && !copy.roots().containsKey(name)) {
      throw No.invalid(
          "root is name, name:text, name:delta, name:map, name:array, name:xml or name:tree; the"
              + " document has "
              + copy.roots().keySet());
    }
    return new DocumentRoot(name, kind == null ? seen(copy.unnamed(name)) : kind);
  }

  /// The kind that a root's content has. Seen as a text, any type shows what it holds.
  private static DocumentRoot.Kind seen(SharedText root) {
    if (!root.attributes().isEmpty()) {
      return DocumentRoot.Kind.MAP;
    }
    if (!root.text().isEmpty()) {
      return DocumentRoot.Kind.TEXT;
    }
    Optional<Element> first =
        root.delta().stream()
            .filter(DeltaOperation.InsertElements.class::isInstance)
            .map(step -> ((DeltaOperation.InsertElements) step).elements().getFirst())
            .findFirst();
    return first
        .map(element -> isXml(element) ? DocumentRoot.Kind.XML : DocumentRoot.Kind.ARRAY)
        .orElse(DocumentRoot.Kind.TEXT);
  }

  private static boolean isXml(Element element) {
    return element instanceof Element.Shared(var type)
        && (type instanceof SharedXmlFragment || type instanceof SharedXmlText);
  }
}
