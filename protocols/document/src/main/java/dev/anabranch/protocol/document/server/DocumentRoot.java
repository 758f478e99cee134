package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.encoding.Any;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// A root type of a document, as somebody outside the document names it: `body:text`.
///
/// A Yjs document does not say of what kind its roots are; whoever reads must.
///
/// @param name the root's
/// @param kind text, map, array or xml, and how it is shown
public record DocumentRoot(String name, Kind kind) {

  /// The kinds of roots, some in two ways of showing them.
  public enum Kind {
    TEXT,
    /// A text with its marks and embeds, as steps of inserting.
    DELTA,
    MAP,
    ARRAY,
    /// XML as its source.
    XML,
    /// XML as nodes, attributes and marks, as ProseMirror writes them.
    TREE;

    /// The kind of this word, such as `text`.
    public static Optional<Kind> ofWord(String word) {
      return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    /// As it stands in a query and in `models.toml`.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public DocumentRoot {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }

  /// A root from `name:kind`.
  static Optional<DocumentRoot> parse(String text) {
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? Optional.empty()
        : Kind.ofWord(text.substring(colon + 1))
            .map(kind -> new DocumentRoot(text.substring(0, colon), kind));
  }

  /// The root in a throw-away copy; never in what is stored.
  SharedType in(Document copy) {
    try {
      return switch (kind) {
        case TEXT, DELTA -> copy.text(name);
        case MAP -> copy.map(name);
        case ARRAY -> copy.array(name);
        case XML, TREE -> copy.xmlFragment(name);
      };
    } catch (IllegalStateException named) {
      throw No.invalid(
          "the root " + name + " is named with two kinds; " + kind.word() + " is the second");
    }
  }

  /// The root as it is to be shown; refused when it is nested too deep for that.
  SharedType shown(Document copy) {
    SharedType root = in(copy);
    DocumentDepth.refuseTooDeep(name, root);
    return root;
  }

  /// The same root, shown with everything that it holds.
  DocumentRoot withMarks() {
    return switch (kind) {
      case TEXT -> new DocumentRoot(name, Kind.DELTA);
      case XML -> new DocumentRoot(name, Kind.TREE);
      case DELTA, MAP, ARRAY, TREE -> this;
    };
  }

  /// What stands in it, in a throw-away copy.
  Any value(Document copy) {
    return switch (shown(copy)) {
      case SharedText text when kind == Kind.DELTA -> DeltaJson.of(text.delta());
      case SharedXmlFragment xml when kind == Kind.TREE -> NodeJson.of(xml);
      case SharedType other -> ReadDocument.value(other);
    };
  }
}
