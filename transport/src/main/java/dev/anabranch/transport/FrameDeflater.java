package dev.anabranch.transport;

import java.util.Arrays;
import java.util.zip.Deflater;

/// Compresses messages for permessage-deflate without context takeover (RFC 7692, 7.2.1): every
/// message stands alone, so the result suits every peer. One for each loop; used on it only.
final class FrameDeflater {
  /// Below this a message hardly shrinks.
  static final int MESSAGE_BYTES_MIN = 256;

  /// From here on a loop would be held up for too long by the better level.
  private static final int LARGE_BYTES = 32_768;

  private static final int TAIL_BYTES = 4;

  private final Deflater thorough = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final Deflater fast = new Deflater(Deflater.BEST_SPEED, true);
  private byte[] space = new byte[4_096];

  /// The compressed payload, or the message itself when it does not get smaller.
  byte[] deflate(byte[] message) {
    Deflater deflater = message.length < LARGE_BYTES ? thorough : fast;
    deflater.reset();
    deflater.setInput(message);
    int length = 0;
    while (true) {
      length += deflater.deflate(space, length, space.length - length, Deflater.SYNC_FLUSH);
      if (length < space.length) {
        break;
      }
      if (length - TAIL_BYTES >= message.length) {
        return message;
      }
      space = Arrays.copyOf(space, space.length * 2);
    }
    // A flush ends with an empty stored block, 00 00 ff ff, which the receiver adds again.
    byte[] result = Arrays.copyOf(space, length - TAIL_BYTES);
    shrink();
    return result.length < message.length ? result : message;
  }

  private void shrink() {
    if (space.length > 65_536) {
      space = new byte[4_096];
    }
  }
}
