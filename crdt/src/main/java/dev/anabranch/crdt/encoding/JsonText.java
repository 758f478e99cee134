package dev.anabranch.crdt.encoding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One pass over a JSON text (RFC 8259), strict as `JSON.parse` is.
final class JsonText extends JsonCursor {
  JsonText(String text) {
    super(text);
  }

  Any parse() {
    begin(0, text.length());
    Any value = value(AnyBytes.DEPTH_MAX);
    expectEnd();
    return value;
  }

  private Any value(int depth) {
    expectDepth(depth);
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
    for (char unit = nextOfString(); unit != '"'; unit = nextOfString()) {
      out.append(unit == '\\' ? escaped() : unit);
    }
    return out.toString();
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

  private Any number() {
    int start = position;
    skipNumber();
    return Any.of(Double.parseDouble(text.subSequence(start, position).toString()));
  }

  private Any word(String word, Any value) {
    word(word);
    return value;
  }
}
