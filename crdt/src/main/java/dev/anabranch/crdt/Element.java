package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;

/// What stands at one place of an array, map or text.
public sealed interface Element {
  /// A value that is replaced as a whole.
  record Plain(Any value) implements Element {}

  /// A type that is changed in its place.
  record Shared(SharedType type) implements Element {}

  /// Another document.
  record Inner(Subdocument document) implements Element {}

  /// The elements of an item that is to be seen; one per unit, code units for text.
  static List<Element> of(Item item) {
    List<Element> elements = new ArrayList<>(item.length);
    for (int i = 0; i < item.length; i++) {
      elements.add(at(item, i));
    }
    return elements;
  }

  static Element last(Item item) {
    return at(item, item.length - 1);
  }

  static Element at(Item item, int offset) {
    return switch (item.content) {
      case AnyContent any -> new Plain(any.values.get(offset));
      case JsonContent json -> new Plain(json.values.get(offset));
      case BinaryContent binary -> new Plain(Any.of(binary.bytes));
      case TextContent text ->
          new Plain(Any.of(String.valueOf(text.units[item.textStart + offset])));
      case EmbedContent embed -> new Plain(embed.value);
      case TypeContent type -> new Shared(SharedType.of(type.branch));
      case DocumentContent document -> new Inner(document.subdocument);
      case FormatContent ignored -> new Plain(Any.UNDEFINED);
      case DeletedContent ignored -> new Plain(Any.UNDEFINED);
    };
  }
}
