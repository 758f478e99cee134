package dev.anabranch.nostr.encryption;

import dev.anabranch.nostr.text.MalformedText;
import java.nio.ByteBuffer;

/// Hides how long a text is: a length, the text, zeros up to one of few sizes.
final class Padding {

  /// From here on the length takes six bytes, the first two zero.
  private static final int LONG_FROM = 65_536;

  private Padding() {}

  /// The size that a text of some bytes is padded to.
  static long paddedBytes(long bytes) {
    if (bytes <= 32) {
      return 32;
    }
    long nextPower = Long.highestOneBit(bytes - 1) << 1;
    long chunk = nextPower <= 256 ? 32 : nextPower / 8;
    return chunk * ((bytes - 1) / chunk + 1);
  }

  static byte[] add(byte[] text) {
    boolean isLong = text.length >= LONG_FROM;
    int padded = (int) paddedBytes(text.length);
    ByteBuffer out = ByteBuffer.allocate((isLong ? 6 : 2) + padded);
    if (isLong) {
      out.putShort((short) 0).putInt(text.length);
    } else {
      out.putShort((short) text.length);
    }
    return out.put(text).array();
  }

  static ByteBuffer remove(byte[] padded) {
    ByteBuffer in = ByteBuffer.wrap(padded);
    int length = in.getShort() & 0xffff;
    if (length == 0) {
      length = in.getInt();
      if (length < LONG_FROM) {
        throw new MalformedText("the padding is wrong");
      }
    }
    if (in.remaining() != paddedBytes(length)) {
      throw new MalformedText("the padding is wrong");
    }
    return in.slice(in.position(), length);
  }
}
