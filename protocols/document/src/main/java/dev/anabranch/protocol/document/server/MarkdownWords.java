package dev.anabranch.protocol.document.server;

import static java.util.stream.Collectors.joining;

import dev.anabranch.crdt.Element;
import dev.anabranch.crdt.encoding.Any;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How editors name things, brought to one spelling.
final class MarkdownWords {
  private MarkdownWords() {}

  /// `bullet_list`, `bulletList` → `bulletlist`.
  static String name(String word) {
    return word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  /// Marks by their plain names: y-prosemirror writes `comment--x1y2` where several may overlap.
  static Map<String, Any> marks(Map<String, Any> marks) {
    Map<String, Any> plain = new LinkedHashMap<>();
    marks.forEach((name, value) -> plain.put(name(name.split("--", 2)[0]), value));
    return plain;
  }

  /// Where a link leads; empty when there is none.
  static String address(Map<String, Any> marks) {
    return switch (marks.get("link")) {
      case Any.Text(String address) -> destination(address);
      case Any.Object(Map<String, Any> attributes) -> destination(text(attributes.get("href")));
      case null, default -> "";
    };
  }

  /// An address as it may stand in parentheses.
  static String destination(String address) {
    String line = address.lines().map(String::strip).collect(joining());
    return line.chars().anyMatch(sign -> Character.isWhitespace(sign) || "()<>".indexOf(sign) >= 0)
        ? "<" + line.replace("<", "%3C").replace(">", "%3E") + ">"
        : line;
  }

  /// A row of a sign that is longer than any in a text.
  ///
  /// @param least how many at least
  static String fence(CharSequence text, char sign, int least) {
    int longest = 0;
    int row = 0;
    for (int i = 0; i < text.length(); i++) {
      row = text.charAt(i) == sign ? row + 1 : 0;
      longest = Math.max(longest, row);
    }
    return String.valueOf(sign).repeat(Math.max(least, longest + 1));
  }

  /// An image.
  static String image(String source, String words) {
    return "![" + words.replace("[", "\\[").replace("]", "\\]") + "](" + destination(source) + ")";
  }

  /// An attribute as text; empty when there is none.
  static String text(Map<String, Element> attributes, String name) {
    return attributes.get(name) instanceof Element.Plain(Any value) ? text(value) : "";
  }

  /// A value as text; empty when there is none.
  static String text(@Nullable Any value) {
    return switch (value) {
      case Any.Text(String text) -> text;
      case Any.Number(double number) ->
          number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
      case Any.Flag(boolean flag) -> Boolean.toString(flag);
      case null, default -> "";
    };
  }
}
