package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import java.util.Map;
import java.util.TreeMap;

/// A text among XML nodes; its marks are written as elements.
public final class SharedXmlText extends SharedText {
  SharedXmlText(Branch branch) {
    super(branch);
  }

  /// The text with its marks as tags.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (DeltaOperation operation : delta()) {
      if (operation instanceof DeltaOperation.InsertText insert) {
        appendMarked(out, insert.text(), insert.marks());
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
    if (value instanceof Any.Object object) {
      new TreeMap<>(object.entries())
          .forEach((key, one) ->
              out.append(' ')
                  .append(key)
                  .append("=\"")
                  .append(SharedXmlElement.plain(one))
                  .append('"'));
    }
    return out.toString();
  }
}
