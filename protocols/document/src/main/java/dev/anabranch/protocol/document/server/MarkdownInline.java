package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.encoding.Any;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One paragraph's words with their marks.
///
/// Signs are opened and closed as the marks begin and end, so that neighbours share them; blanks at
/// their edges stand outside, for Markdown takes `** this **` for no mark.
final class MarkdownInline {
  private static final String ALWAYS = "\\`*_[]<~";

  /// A mark that is open.
  private record Sign(String opening, String closing) {}

  private final StringBuilder out = new StringBuilder();
  private final List<Sign> open = new ArrayList<>();
  private final StringBuilder blanks = new StringBuilder();

  /// Adds words under these marks.
  void words(String text, Map<String, Any> marks) {
    String core = text.strip();
    if (core.isEmpty()) {
      blanks.append(text);
      return;
    }
    int from = text.indexOf(core);
    boolean code = isSet(marks, "code");
    shift(signs(marks), text.substring(0, from));
    out.append(code ? fenced(core) : escaped(core));
    blanks.append(text.substring(from + core.length()));
  }

  /// Adds something that is Markdown already.
  void raw(String markdown) {
    shift(List.of(), "");
    out.append(markdown);
  }

  /// The paragraph, its beginning made safe.
  String finish() {
    shift(List.of(), "");
    return safeStart(out.toString().stripTrailing());
  }

  private void shift(List<Sign> wanted, String leading) {
    int shared = 0;
    while (shared < open.size()
        && shared < wanted.size()
        && open.get(shared).equals(wanted.get(shared))) {
      shared++;
    }
    while (open.size() > shared) {
      out.append(open.removeLast().closing());
    }
    out.append(blanks).append(leading);
    blanks.setLength(0);
    for (Sign sign : wanted.subList(shared, wanted.size())) {
      out.append(sign.opening());
      open.add(sign);
    }
  }

  private static List<Sign> signs(Map<String, Any> marks) {
    List<Sign> signs = new ArrayList<>();
    String address = MarkdownWords.address(marks);
    if (!address.isEmpty()) {
      signs.add(new Sign("[", "](" + address + ")"));
    }
    add(signs, isSet(marks, "underline"), "<u>", "</u>");
    add(signs, isSet(marks, "highlight"), "<mark>", "</mark>");
    add(signs, isSet(marks, "subscript"), "<sub>", "</sub>");
    add(signs, isSet(marks, "superscript"), "<sup>", "</sup>");
    add(signs, isSet(marks, "strike") || isSet(marks, "strikethrough"), "~~", "~~");
    add(signs, isSet(marks, "bold") || isSet(marks, "strong"), "**", "**");
    add(signs, isSet(marks, "italic") || isSet(marks, "em"), "*", "*");
    return signs;
  }

  private static void add(List<Sign> signs, boolean is, String opening, String closing) {
    if (is) {
      signs.add(new Sign(opening, closing));
    }
  }

  private static boolean isSet(Map<String, Any> marks, String name) {
    Any value = marks.get(name);
    return value != null && !(value instanceof Any.Null) && !value.equals(Any.of(false));
  }

  private static String fenced(String code) {
    String fence = MarkdownWords.fence(code, '`', 1);
    String room = code.startsWith("`") || code.endsWith("`") ? " " : "";
    return fence + room + code + room + fence;
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (ALWAYS.indexOf(text.charAt(i)) >= 0) {
        safe.append('\\');
      }
      safe.append(text.charAt(i));
    }
    return safe.toString();
  }

  /// What would begin a heading, a quote or a list, if it stood first in a line.
  private static String safeStart(String line) {
    String number = line.replaceFirst("^(\\d{1,9})([.)])(\\s|$)", "$1\\\\$2$3");
    return number.matches("(?s)^(#{1,6}|[>+=-])(\\s.*|$|[-=>].*)") ? "\\" + number : number;
  }
}
