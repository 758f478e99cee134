package dev.anabranch.nostr.text;

/// Writes strings of JSON.
public final class JsonText {

  private static final String DIGITS = "0123456789abcdef";

  private JsonText() {}

  /// Appends a text in quotes, with exactly the escapes that RFC 8259 demands.
  public static void quote(String text, StringBuilder out) {
    quote(text, out, true);
  }

  /// Appends a text in quotes as NIP-01 spells it for an id: seven escapes, everything else as it
  /// is.
  public static void quoteForId(String text, StringBuilder out) {
    quote(text, out, false);
  }

  private static void quote(String text, StringBuilder out, boolean everyControl) {
    out.append('"');
    int clean = 0;
    for (int index = 0; index < text.length(); index++) {
      char sign = text.charAt(index);
      if (sign >= 0x20 && sign != '"' && sign != '\\') {
        continue;
      }
      char letter = letter(sign);
      if (letter == 0 && !everyControl) {
        continue;
      }
      out.append(text, clean, index).append('\\');
      if (letter != 0) {
        out.append(letter);
      } else {
        out.append("u00").append(DIGITS.charAt(sign >> 4)).append(DIGITS.charAt(sign & 15));
      }
      clean = index + 1;
    }
    out.append(text, clean, text.length()).append('"');
  }

  /// Whether a text holds a control character that NIP-01 leaves as it is and JSON writers escape.
  public static boolean hasUnlistedControl(String text) {
    for (int index = 0; index < text.length(); index++) {
      if (text.charAt(index) < 0x20 && letter(text.charAt(index)) == 0) {
        return true;
      }
    }
    return false;
  }

  private static char letter(char sign) {
    return switch (sign) {
      case '"', '\\' -> sign;
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      case '\b' -> 'b';
      case '\f' -> 'f';
      default -> 0;
    };
  }
}
