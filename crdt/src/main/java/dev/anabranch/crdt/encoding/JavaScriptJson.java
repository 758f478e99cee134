package dev.anabranch.crdt.encoding;

import java.util.List;
import java.util.Map;

/// JSON text as `JSON.stringify` writes it, character for character: update format v1 carries it.
public final class JavaScriptJson {
  private static final String HEX = "0123456789abcdef";

  private JavaScriptJson() {}

  public static Any parse(String text) {
    return new JsonText(text).parse();
  }

  /// What is undefined becomes `null` where JavaScript would leave nothing to write, and a 64-bit
  /// integer its digits where JavaScript would refuse: an embed that came in format v2 must not
  /// make a document that can never again be written in v1.
  public static String stringify(Any value) {
    StringBuilder out = new StringBuilder();
    append(out, value);
    return out.toString();
  }

  private static void append(StringBuilder out, Any value) {
    switch (value) {
      case Any.Null ignored -> out.append("null");
      case Any.Undefined ignored -> out.append("null");
      case Any.Flag flag -> out.append(flag.value());
      case Any.Number number -> appendNumber(out, number.value());
      case Any.BigInteger big -> out.append(big.value());
      case Any.Text text -> quote(out, text.value());
      case Any.Binary binary -> appendBytes(out, binary.value());
      case Any.Array array -> appendArray(out, array.values());
      case Any.Object object -> appendObject(out, object.entries());
    }
  }

  private static void appendNumber(StringBuilder out, double number) {
    out.append(Double.isFinite(number) ? JavaScriptNumbers.toText(number) : "null");
  }

  private static void appendArray(StringBuilder out, List<Any> values) {
    out.append('[');
    String separator = "";
    for (Any value : values) {
      out.append(separator);
      append(out, value);
      separator = ",";
    }
    out.append(']');
  }

  private static void appendObject(StringBuilder out, Map<String, Any> entries) {
    out.append('{');
    String separator = "";
    for (Map.Entry<String, Any> entry : entries.entrySet()) {
      if (!(entry.getValue() instanceof Any.Undefined)) {
        out.append(separator);
        quote(out, entry.getKey());
        append(out.append(':'), entry.getValue());
        separator = ",";
      }
    }
    out.append('}');
  }

  /// JavaScript sees an array of bytes as an object with its indexes for keys.
  private static void appendBytes(StringBuilder out, byte[] bytes) {
    out.append('{');
    for (int i = 0; i < bytes.length; i++) {
      out.append(i == 0 ? "\"" : ",\"").append(i).append("\":").append(bytes[i] & 0xff);
    }
    out.append('}');
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      switch (unit) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> appendUnit(out, text, i, unit);
      }
    }
    out.append('"');
  }

  private static void appendUnit(StringBuilder out, String text, int i, char unit) {
    if (unit < 0x20 || isLoneSurrogate(text, i, unit)) {
      out.append("\\u");
      for (int shift = 12; shift >= 0; shift -= 4) {
        out.append(HEX.charAt(unit >> shift & 0xf));
      }
    } else {
      out.append(unit);
    }
  }

  private static boolean isLoneSurrogate(String text, int i, char unit) {
    if (Character.isHighSurrogate(unit)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(unit)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }
}
