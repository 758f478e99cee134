package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.SharedType;
import java.util.Objects;
import java.util.Optional;

/// A root type of a document, as somebody outside the document names it: `body:text`.
///
/// A Yjs document does not say of what kind its roots are; whoever reads must.
///
/// @param name the root's
/// @param kind text, map, array or xml
record DocumentRoot(String name, Kind kind) {

  /// The kinds of roots.
  enum Kind {
    TEXT,
    MAP,
    ARRAY,
    XML
  }

  DocumentRoot {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }

  /// A root from `name:kind`.
  static Optional<DocumentRoot> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String name = text.substring(0, colon);
    return switch (text.substring(colon + 1)) {
      case "text" -> Optional.of(new DocumentRoot(name, Kind.TEXT));
      case "map" -> Optional.of(new DocumentRoot(name, Kind.MAP));
      case "array" -> Optional.of(new DocumentRoot(name, Kind.ARRAY));
      case "xml" -> Optional.of(new DocumentRoot(name, Kind.XML));
      default -> Optional.empty();
    };
  }

  /// The root in a throw-away copy; never in what is stored.
  SharedType in(Document copy) {
    return switch (kind) {
      case TEXT -> copy.text(name);
      case MAP -> copy.map(name);
      case ARRAY -> copy.array(name);
      case XML -> copy.xmlFragment(name);
    };
  }
}
