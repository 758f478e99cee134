package dev.anabranch.kernel.json;

import java.util.Objects;

/// A string of Unicode scalar values: no lone surrogates and no U+0000 (decoders refuse both).
///
/// @param value the text, unescaped
public record JsonString(String value) implements Json {

  public JsonString {
    Objects.requireNonNull(value, "value");
  }

  @Override
  public void writeTo(StringBuilder out) {
    quote(value, out);
  }

  /// Appends a text in quotes, with exactly the escapes that RFC 8259 demands.
  public static void quote(String text, StringBuilder out) {
    out.append('"');
    int clean = 0;
    for (int index = 0; index < text.length(); index++) {
      char sign = text.charAt(index);
      if (sign >= 0x20 && sign != '"' && sign != '\\') {
        continue;
      }
      out.append(text, clean, index);
      escape(sign, out);
      clean = index + 1;
    }
    out.append(text, clean, text.length()).append('"');
  }

  private static void escape(char sign, StringBuilder out) {
    switch (sign) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      default -> out.append("\\u00").append(hex(sign >> 4)).append(hex(sign & 15));
    }
  }

  private static char hex(int nibble) {
    return (char) (nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
  }
}
