package dev.anabranch.kernel.log;

/// The one rule for names that peers choose: some UTF-8, bounded, no control characters, no lone
/// surrogates.
final class Text {

  private Text() {}

  /// Whether a text has 1 to `bytesMax` bytes of UTF-8 and no control character.
  static boolean isPlain(String text, int bytesMax) {
    return isPlain(text, 0, bytesMax);
  }

  /// The same of a text from an index on.
  static boolean isPlain(String text, int from, int bytesMax) {
    if (text.length() == from || text.length() - from > bytesMax) {
      return false;
    }
    int bytes = 0;
    for (int index = from; index < text.length(); ) {
      int point = text.codePointAt(index);
      if (Character.isISOControl(point) || isSurrogate(point)) {
        return false;
      }
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      index += Character.charCount(point);
    }
    return bytes <= bytesMax;
  }

  private static boolean isSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }
}
