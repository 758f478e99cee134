package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// A text among XML nodes; its marks are written as elements.
public final class SharedXmlText extends SharedText {
  SharedXmlText(Branch branch) {
    super(branch);
  }

  /// The text with its marks as tags; an embed looks as JavaScript prints it.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (DeltaOperation operation : delta()) {
      if (operation instanceof DeltaOperation.InsertText insert) {
        appendMarked(out, insert.text(), insert.marks());
      } else if (operation instanceof DeltaOperation.InsertElements insert) {
        appendMarked(out, SharedXmlFragment.textOf(insert.elements().getFirst()), insert.marks());
      }
    }
    return out.toString();
  }

  private static void appendMarked(StringBuilder out, String text, Map<String, Any> marks) {
    TreeMap<String, Any> sorted = new TreeMap<>(marks);
    sorted.forEach(
        (name, value) -> out.append('<').append(name).append(attributes(value)).append('>'));
    out.append(text);
    sorted.descendingKeySet().forEach(name -> out.append("</").append(name).append('>'));
  }

  private static String attributes(Any value) {
    StringBuilder out = new StringBuilder();
    new TreeMap<>(members(value))
        .forEach((key, one) -> out.append(' ').append(key).append("=\"").append(one).append('"'));
    return out.toString();
  }

  /// What JavaScript goes over in a value: the entries of an object, but also the units of a
  /// string.
  private static Map<String, String> members(Any value) {
    Map<String, String> members = new HashMap<>();
    if (value instanceof Any.Object object) {
      object.entries().forEach((key, one) -> members.put(key, SharedXmlElement.plain(one)));
    } else if (value instanceof Any.Text(String text)) {
      for (int i = 0; i < text.length(); i++) {
        members.put(Integer.toString(i), text.substring(i, i + 1));
      }
    }
    return members;
  }
}
