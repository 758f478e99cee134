package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Document;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedArray;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.TypeEvent;
import dev.anabranch.crdt.UpdateV1;
import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What is different between two states of a document, as an editor of the first would see it
/// change into the second; pure.
final class DocumentDiff {
  private DocumentDiff() {}

  /// The steps, by root: `[{"path", "delta"?, "keys"?}]`; roots that are alike are left out.
  ///
  /// @param roots whose difference is asked for
  static Any of(UpdateV1 from, UpdateV1 to, List<DocumentRoot> roots, RandomGenerator random) {
    Document document = DocumentCopy.load(from, random);
    Document after = DocumentCopy.load(to, random);
    Map<String, Any> steps = new LinkedHashMap<>();
    for (DocumentRoot root : roots) {
      if (root.withMarks().value(document).equals(root.withMarks().value(after))) {
        continue; // what was deleted and written anew alike is no difference to anybody
      }
      SharedType type = root.shown(document);
      type.observeDeep(events -> steps.put(root.name(), steps(type, events)));
    }
    document.apply(DocumentReturn.update(from, to, random), null);
    return new Any.Object(steps);
  }

  private static Any steps(SharedType root, List<TypeEvent> events) {
    List<Any> steps = new ArrayList<>();
    for (TypeEvent event : events) {
      Map<String, Any> step = new LinkedHashMap<>();
      step.put("path", new Any.Array(event.pathFrom(root)));
      if (event.isListChanged() && !event.delta().isEmpty()) {
        step.put("delta", DeltaJson.of(event.delta()));
      }
      Any keys = keys(event);
      if (keys != null) {
        step.put("keys", keys);
      }
      if (step.size() > 1) {
        steps.add(new Any.Object(step));
      }
    }
    return new Any.Array(steps);
  }

  private static @Nullable Any keys(TypeEvent event) {
    Map<String, Any> keys = new LinkedHashMap<>();
    event
        .keys()
        .forEach((key, change) -> {
          Map<String, Any> said = new LinkedHashMap<>();
          said.put("action", Any.of(change.action().name().toLowerCase(Locale.ROOT)));
          put(said, "before", change.before());
          put(said, "value", valueOf(event.target(), key));
          if (!Objects.equals(said.get("before"), said.get("value"))) {
            keys.put(key, new Any.Object(said));
          }
        });
    return keys.isEmpty() ? null : new Any.Object(keys);
  }

  private static void put(Map<String, Any> said, String name, @Nullable Element element) {
    if (element != null) {
      said.put(name, ReadDocument.value(element));
    }
  }

  private static @Nullable Element valueOf(SharedType type, String key) {
    return switch (type) {
      case SharedMap map -> map.get(key);
      case SharedXmlElement element -> element.attribute(key);
      case SharedText text -> text.attribute(key);
      case SharedArray ignored -> null;
      default -> null;
    };
  }
}
