package dev.anabranch.crdt.encoding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One pass over a JSON text (RFC 8259), strict as `JSON.parse` is.
final class JsonText {
  private final String text;
  private int position;

  JsonText(String text) {
    this.text = text;
  }

  Any parse() {
    Any value = value(AnyBytes.DEPTH_MAX);
    skipBlanks();
    if (position < text.length()) {
      throw wrong();
    }
    return value;
  }

  private Any value(int depth) {
    if (depth == 0) {
      throw new MalformedUpdate("a value nests deeper than " + AnyBytes.DEPTH_MAX);
    }
    skipBlanks();
    return switch (peek()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> Any.of(string());
      case 't' -> word("true", Any.of(true));
      case 'f' -> word("false", Any.of(false));
      case 'n' -> word("null", Any.NULL);
      default -> number();
    };
  }

  private Any object(int depth) {
    Map<String, Any> entries = new LinkedHashMap<>();
    position++;
    skipBlanks();
    if (accept('}')) {
      return new Any.Object(entries);
    }
    do {
      skipBlanks();
      String key = string();
      skipBlanks();
      expect(':');
      entries.put(key, value(depth - 1));
      skipBlanks();
    } while (accept(','));
    expect('}');
    return new Any.Object(entries);
  }

  private Any array(int depth) {
    List<Any> values = new ArrayList<>();
    position++;
    skipBlanks();
    if (accept(']')) {
      return new Any.Array(values);
    }
    do {
      values.add(value(depth - 1));
      skipBlanks();
    } while (accept(','));
    expect(']');
    return new Any.Array(values);
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char unit = next();
      if (unit == '"') {
        return out.toString();
      }
      if (unit < 0x20) {
        throw wrong();
      }
      out.append(unit == '\\' ? escaped() : unit);
    }
  }

  private char escaped() {
    char unit = next();
    return switch (unit) {
      case '"', '\\', '/' -> unit;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> throw wrong();
    };
  }

  private char codeUnit() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char digit = next();
      int value = digit < 0x80 ? Character.digit(digit, 16) : -1;
      if (value < 0) {
        throw wrong();
      }
      unit = unit << 4 | value;
    }
    return (char) unit;
  }

  private Any number() {
    int start = position;
    accept('-');
    if (!accept('0')) {
      digits();
    }
    if (accept('.')) {
      digits();
    }
    if (accept('e') || accept('E')) {
      if (!accept('+')) {
        accept('-');
      }
      digits();
    }
    return Any.of(Double.parseDouble(text.substring(start, position)));
  }

  private void digits() {
    int start = position;
    while (peek() >= '0' && peek() <= '9') {
      position++;
    }
    if (position == start) {
      throw wrong();
    }
  }

  private Any word(String word, Any value) {
    if (!text.startsWith(word, position)) {
      throw wrong();
    }
    position += word.length();
    return value;
  }

  private void skipBlanks() {
    while (" \t\r\n".indexOf(peek()) >= 0) {
      position++;
    }
  }

  /// The next unit, or U+FFFF (which starts nothing in JSON) at the end.
  private char peek() {
    return position < text.length() ? text.charAt(position) : '\uffff';
  }

  private char next() {
    if (position >= text.length()) {
      throw wrong();
    }
    return text.charAt(position++);
  }

  private boolean accept(char unit) {
    boolean found = peek() == unit;
    position += found ? 1 : 0;
    return found;
  }

  private void expect(char unit) {
    if (!accept(unit)) {
      throw wrong();
    }
  }

  private MalformedUpdate wrong() {
    return new MalformedUpdate("not JSON at unit " + position);
  }
}
