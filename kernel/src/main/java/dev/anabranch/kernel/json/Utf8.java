package dev.anabranch.kernel.json;

/// How long a text is as UTF-8, without making the bytes.
public final class Utf8 {

  private Utf8() {}

  /// The bytes that a text takes where they may be more than `bytes`; otherwise some number that is
  /// not above it, found without looking at every character.
  public static int lengthAbove(int bytes, String text) {
    return text.length() <= bytes / 3 ? text.length() : length(text);
  }

  /// The bytes that a text without lone surrogates takes.
  public static int length(String text) {
    int bytes = text.length();
    for (int index = 0; index < text.length(); index++) {
      char sign = text.charAt(index);
      if (sign >= 0x80) {
        bytes += sign < 0x800 || Character.isSurrogate(sign) ? 1 : 2;
      }
    }
    return bytes;
  }
}
