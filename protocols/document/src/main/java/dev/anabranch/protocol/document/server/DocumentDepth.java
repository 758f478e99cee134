package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedArray;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.protocol.document.wire.DocumentProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/// How deep a document's types stand in each other. Editors nest a few levels; whoever shows a tree
/// goes down it step by step, and a tree that was made deep on purpose must not break it.
final class DocumentDepth {
  /// The deepest that is shown, in types.
  static final int TYPES_MAX = 128;

  private DocumentDepth() {}

  /// Says no to a root that is nested too deep to be shown.
  static void refuseTooDeep(String name, SharedType root) {
    Deque<Place> open = new ArrayDeque<>();
    open.push(new Place(root, 1));
    while (!open.isEmpty()) {
      Place place = open.pop();
      if (place.depth() > TYPES_MAX) {
        throw new No(
            DocumentProblem.TOO_LARGE,
            "the root "
                + name
                + " nests more than "
                + TYPES_MAX
                + " types in each other; name other roots with ?root=");
      }
      for (Element inner : held(place.type())) {
        if (inner instanceof Element.Shared(SharedType type)) {
          open.push(new Place(type, place.depth() + 1));
        }
      }
    }
  }

  private record Place(SharedType type, int depth) {}

  private static Collection<Element> held(SharedType type) {
    return switch (type) {
      case SharedMap map -> map.entries().values();
      case SharedArray array -> array.elements();
      case SharedXmlElement element -> {
        List<Element> held = new ArrayList<>(element.children());
        held.addAll(element.attributes().values());
        yield held;
      }
      case SharedXmlFragment fragment -> fragment.children();
      case SharedText text -> embedded(text);
      default -> List.of();
    };
  }

  private static List<Element> embedded(SharedText text) {
    List<Element> held = new ArrayList<>();
    for (DeltaOperation step : text.delta()) {
      if (step instanceof DeltaOperation.InsertElements insert) {
        held.addAll(insert.elements());
      }
    }
    return held;
  }
}
