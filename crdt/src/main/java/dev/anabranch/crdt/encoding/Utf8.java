package dev.anabranch.crdt.encoding;

/// UTF-8 as RFC 3629 has it, looked at without being decoded.
final class Utf8 {
  private Utf8() {}

  /// How many UTF-16 units a part of some bytes stands for.
  ///
  /// @throws MalformedUpdate if it is not UTF-8
  static int units(byte[] bytes, int start, int end) {
    int units = 0;
    int at = start;
    while (at < end) {
      int length = lengthAt(bytes, at, end);
      units += length == 4 ? 2 : 1;
      at += length;
    }
    return units;
  }

  /// How many bytes the character has that begins here.
  private static int lengthAt(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + length > end) {
      throw wrong();
    }
    int second = bytes[at + 1] & 0xff;
    if (second < secondMin(first) || second > secondMax(first)) {
      throw wrong();
    }
    for (int i = 2; i < length; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        throw wrong();
      }
    }
    return length;
  }

  /// No character is written longer than it must be.
  private static int secondMin(int first) {
    return first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  }

  /// Neither halves of surrogate pairs nor what is above U+10FFFF.
  private static int secondMax(int first) {
    return first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  }

  private static MalformedUpdate wrong() {
    return new MalformedUpdate("a string is not UTF-8");
  }
}
