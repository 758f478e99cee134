package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.Any;
import dev.anabranch.crdt.encoding.JavaScriptJson;
import dev.anabranch.crdt.encoding.JavaScriptNumbers;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An XML element: a name, attributes and children.
public final class SharedXmlElement extends SharedXmlFragment {
  SharedXmlElement(Branch branch) {
    super(branch);
  }

  public String name() {
    return branch().name;
  }

  public @Nullable Element attribute(String key) {
    return MapEditing.get(branch(), key);
  }

  public Map<String, Element> attributes() {
    return MapEditing.all(branch());
  }

  public void setAttribute(String key, Any value) {
    edit(t -> MapEditing.put(t, branch(), key, MapEditing.contentOf(value)));
  }

  public void removeAttribute(String key) {
    edit(transaction -> MapEditing.remove(transaction, branch(), key));
  }

  @Override
  public String toString() {
    String tag = name().toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder().append('<').append(tag);
    new TreeMap<>(attributes()).forEach((key, value) -> appendAttribute(out, key, value));
    return out.append('>').append(super.toString()).append("</").append(tag).append('>').toString();
  }

  private static void appendAttribute(StringBuilder out, String key, Element value) {
    if (value instanceof Element.Plain(Any any)) {
      out.append(' ').append(key).append("=\"").append(plain(any)).append('"');
    }
  }

  /// A value as JavaScript puts it into a text.
  static String plain(Any value) {
    return switch (value) {
      case Any.Text text -> text.value();
      case Any.Number number -> JavaScriptNumbers.toText(number.value());
      case Any.BigInteger big -> Long.toString(big.value());
      case Any.Undefined ignored -> "undefined";
      case Any.Null ignored -> "null";
      case Any.Flag flag -> Boolean.toString(flag.value());
      case Any.Binary ignored -> JavaScriptJson.stringify(value);
      case Any.Array ignored -> JavaScriptJson.stringify(value);
      case Any.Object ignored -> "[object Object]";
    };
  }
}
