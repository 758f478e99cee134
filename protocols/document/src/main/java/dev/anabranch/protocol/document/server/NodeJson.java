package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.DeltaOperation;
import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.NewType;
import dev.anabranch.crdt.SharedText;
import dev.anabranch.crdt.SharedXmlElement;
import dev.anabranch.crdt.SharedXmlFragment;
import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// XML as nodes, as ProseMirror writes them: `{"type","attrs"?,"content"?}`, and for text
/// `{"type":"text","text","marks"?}`.
final class NodeJson {
  private static final String TYPE = "type";
  private static final String TEXT = "text";

  private NodeJson() {}

  /// A fragment as a node of type `doc`.
  static Any of(SharedXmlFragment fragment) {
    Map<String, Any> node = new LinkedHashMap<>();
    if (fragment instanceof SharedXmlElement element) {
      node.put(TYPE, Any.of(element.name()));
      Map<String, Any> attributes = new LinkedHashMap<>();
      element.attributes().forEach((key, value) -> attributes.put(key, ReadDocument.value(value)));
      if (!attributes.isEmpty()) {
        node.put("attrs", new Any.Object(attributes));
      }
    } else {
      node.put(TYPE, Any.of("doc"));
    }
    List<Any> content = new ArrayList<>();
    fragment.children().forEach(child -> add(content, child));
    if (!content.isEmpty()) {
      node.put("content", new Any.Array(content));
    }
    return new Any.Object(node);
  }

  private static void add(List<Any> content, Element child) {
    switch (child) {
      case Element.Shared(SharedXmlFragment inner) -> content.add(of(inner));
      case Element.Shared(SharedText text) -> text.delta().forEach(step -> add(content, step));
      case Element other -> content.add(ReadDocument.value(other));
    }
  }

  private static void add(List<Any> content, DeltaOperation step) {
    switch (step) {
      case DeltaOperation.InsertText(String words, Map<String, Any> marks) ->
          content.add(text(words, marks));
      case DeltaOperation.InsertElements insert ->
          insert.elements().forEach(element -> add(content, element));
      case DeltaOperation.Retain ignored -> {}
      case DeltaOperation.Delete ignored -> {}
    }
  }

  private static Any text(String words, Map<String, Any> marks) {
    Map<String, Any> node = new LinkedHashMap<>();
    node.put(TYPE, Any.of(TEXT));
    node.put(TEXT, Any.of(words));
    List<Any> list = new ArrayList<>();
    marks.forEach((name, value) -> {
      Map<String, Any> mark = new LinkedHashMap<>();
      mark.put(TYPE, Any.of(name));
      if (value instanceof Any.Object attributes && !attributes.entries().isEmpty()) {
        mark.put("attrs", ReadDocument.plain(attributes));
      }
      list.add(new Any.Object(mark));
    });
    if (!list.isEmpty()) {
      node.put("marks", new Any.Array(list));
    }
    return new Any.Object(node);
  }

  /// Puts a node, or a text without more, into a fragment.
  static void insert(SharedXmlFragment into, int index, Any node) {
    if (node instanceof Any.Text(String words)) {
      ((SharedText) into.insert(index, NewType.XML_TEXT)).insert(0, words);
      return;
    }
    Map<String, Any> fields = fields(node);
    String type = word(fields, TYPE);
    if (type.equals(TEXT)) {
      SharedText text = (SharedText) into.insert(index, NewType.XML_TEXT);
      text.insert(0, word(fields, TEXT), marks(fields.get("marks")));
      return;
    }
    SharedXmlElement element = (SharedXmlElement) into.insert(index, NewType.xmlElement(type));
    if (fields.get("attrs") instanceof Any.Object(Map<String, Any> attributes)) {
      attributes.forEach(element::setAttribute);
    }
    if (fields.get("content") instanceof Any.Array(List<Any> children)) {
      children.forEach(child -> insert(element, element.length(), child));
    }
  }

  private static Map<String, Any> marks(@Nullable Any list) {
    Map<String, Any> marks = new LinkedHashMap<>();
    if (list instanceof Any.Array(List<Any> each)) {
      each.forEach(mark -> {
        Map<String, Any> fields = fields(mark);
        Any attributes = fields.get("attrs");
        marks.put(word(fields, TYPE), attributes == null ? new Any.Object(Map.of()) : attributes);
      });
    }
    return marks;
  }

  private static Map<String, Any> fields(Any node) {
    if (node instanceof Any.Object(Map<String, Any> fields)) {
      return fields;
    }
    throw new DocumentOperation.Misfit(
        "a node of XML is a text or {type, attrs?, content?}, such as {\"type\":\"paragraph\"}");
  }

  private static String word(Map<String, Any> fields, String name) {
    if (fields.get(name) instanceof Any.Text(String word) && !word.isEmpty()) {
      return word;
    }
    throw new DocumentOperation.Misfit("a node of XML has no " + name);
  }
}
