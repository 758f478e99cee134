package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Steps of a change as JSON: `{"insert","attributes"?}`, `{"retain","attributes"?}`, `{"delete"}`.
final class DeltaJson {
  private DeltaJson() {}

  static Any of(List<DeltaOperation> delta) {
    List<Any> steps = new ArrayList<>(delta.size());
    delta.forEach(step -> steps.add(of(step)));
    return new Any.Array(steps);
  }

  private static Any of(DeltaOperation step) {
    return switch (step) {
      case DeltaOperation.Retain(int length, Map<String, Any> marks) ->
          step("retain", Any.of(length), marks);
      case DeltaOperation.Delete(int length) -> step("delete", Any.of(length), Map.of());
      case DeltaOperation.InsertText(String text, Map<String, Any> marks) ->
          step("insert", Any.of(text), marks);
      case DeltaOperation.InsertElements(List<Element> elements, Map<String, Any> marks) ->
          step("insert", inserted(elements), marks);
    };
  }

  /// One embed as it is, several elements as a list.
  private static Any inserted(List<Element> elements) {
    return elements.size() == 1
            && elements.getFirst() instanceof Element.Plain(Any value)
            && value instanceof Any.Object
        ? ReadDocument.plain(value)
        : new Any.Array(elements.stream().map(ReadDocument::value).toList());
  }

  private static Any step(String word, Any value, Map<String, Any> marks) {
    Map<String, Any> fields = new LinkedHashMap<>();
    fields.put(word, value);
    if (!marks.isEmpty()) {
      Map<String, Any> attributes = new LinkedHashMap<>();
      marks.forEach((mark, said) -> attributes.put(mark, ReadDocument.plain(said)));
      fields.put("attributes", new Any.Object(attributes));
    }
    return new Any.Object(fields);
  }
}
