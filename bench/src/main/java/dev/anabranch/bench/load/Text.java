package dev.anabranch.bench.load;

import java.nio.ByteBuffer;

/// Searching in buffers.
final class Text {
  private static final int EXCERPT_BYTES_MAX = 300;

  private Text() {}

  /// The beginning of what stands in `[from, to)`, printable.
  static String excerpt(ByteBuffer buffer, int from, int to) {
    StringBuilder excerpt = new StringBuilder();
    for (int index = from; index < Math.min(to, from + EXCERPT_BYTES_MAX); index++) {
      char character = (char) (buffer.get(index) & 0x7f);
      excerpt.append(character < ' ' ? ' ' : character);
    }
    return excerpt.toString();
  }

  /// Where `text` begins in `[from, to)`, or -1.
  static int indexOf(ByteBuffer buffer, int from, int to, byte[] text) {
    for (int start = from; start <= to - text.length; start++) {
      if (startsWith(buffer, start, text)) {
        return start;
      }
    }
    return -1;
  }

  /// Whether `text` stands at `start`; the buffer must reach so far.
  static boolean startsWith(ByteBuffer buffer, int start, byte[] text) {
    for (int index = 0; index < text.length; index++) {
      if (buffer.get(start + index) != text[index]) {
        return false;
      }
    }
    return true;
  }

  /// Like [#indexOf], but `text` is lower-case and the buffer may be either.
  static int indexOfIgnoringCase(ByteBuffer buffer, int from, int to, byte[] text) {
    for (int start = from; start <= to - text.length; start++) {
      int index = 0;
      while (index < text.length
          && Character.toLowerCase(buffer.get(start + index)) == text[index]) {
        index++;
      }
      if (index == text.length) {
        return start;
      }
    }
    return -1;
  }
}
