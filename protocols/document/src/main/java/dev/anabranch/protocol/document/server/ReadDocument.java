package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.SharedArray;
import dev.anabranch.crdt.SharedMap;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedType;
import dev.anabranch.crdt.SharedXmlHook;
import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A document's types as plain values and as text.
final class ReadDocument {
  private ReadDocument() {}

  /// A type as JSON knows it: text as a string, XML as its source, bytes in base64.
  static Any value(SharedType type) {
    return switch (type) {
      case SharedMap map -> object(map.entries());
      case SharedArray array -> array(array.elements());
      case SharedXmlHook hook -> object(hook.entries());
      default -> Any.of(text(type));
    };
  }

  /// A type as plain text: XML as its source, maps and arrays as JSON.
  static String text(SharedType type) {
    return switch (type) {
      case SharedText text -> text.text();
      case SharedMap ignored -> JavaScriptJson.stringify(value(type));
      case SharedArray ignored -> JavaScriptJson.stringify(value(type));
      default -> type.toString();
    };
  }

  private static Any object(Map<String, Element> entries) {
    Map<String, Any> values = new LinkedHashMap<>();
    entries.forEach((key, element) -> values.put(key, value(element)));
    return new Any.Object(values);
  }

  private static Any array(List<Element> elements) {
    List<Any> values = new ArrayList<>();
    elements.forEach(element -> values.add(value(element)));
    return new Any.Array(values);
  }

  /// What stands at one place.
  static Any value(Element element) {
    return switch (element) {
      case Element.Plain(Any plain) -> plain(plain);
      case Element.Shared(SharedType type) -> value(type);
      case Element.Inner ignored -> Any.of("[document]");
    };
  }

  /// A value without what JSON does not know: bytes in base64, large numbers as text.
  static Any plain(Any value) {
    return switch (value) {
      case Any.Binary binary -> Any.of(Base64.getEncoder().encodeToString(binary.value()));
      case Any.BigInteger big -> Any.of(Long.toString(big.value()));
      case Any.Array array ->
          new Any.Array(array.values().stream().map(ReadDocument::plain).toList());
      case Any.Object object -> {
        Map<String, Any> values = new LinkedHashMap<>();
        object.entries().forEach((key, inner) -> values.put(key, plain(inner)));
        yield new Any.Object(values);
      }
      default -> value;
    };
  }
}
