package dev.anabranch.transport;

import dev.anabranch.link.CloseCode;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Inflates messages that were deflated without context takeover, never to more than the limit.
///
/// One for each loop; used on it only.
final class FrameInflater {
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
  private static final byte[] NOTHING = {};

  private final Inflater inflater = new Inflater(true);
  private byte[] message = NOTHING;
  private int length;

  /// @throws FrameRefusal when the payload is broken, or grows over the limit
  byte[] inflate(byte[] payload, int messageBytesMax) throws FrameRefusal {
    inflater.reset();
    length = 0;
    message = new byte[Math.min(messageBytesMax, Math.max(256, payload.length)) + 1];
    try {
      inflatePart(payload, messageBytesMax);
      inflatePart(TAIL, messageBytesMax);
      return Arrays.copyOf(message, length);
    } catch (DataFormatException e) {
      throw new FrameRefusal(CloseCode.BAD_PAYLOAD, "the payload cannot be inflated");
    } finally {
      message = NOTHING;
    }
  }

  private void inflatePart(byte[] part, int max) throws FrameRefusal, DataFormatException {
    inflater.setInput(part);
    while (!inflater.finished()) {
      if (length == message.length) {
        message = Arrays.copyOf(message, (int) Math.min(max + 1L, message.length * 2L));
      }
      int step = inflater.inflate(message, length, message.length - length);
      length += step;
      if (length > max) {
        throw new FrameRefusal(
            CloseCode.TOO_LARGE, "the message inflates to more than " + max + " bytes");
      }
      if (inflater.needsDictionary()) {
        throw new FrameRefusal(CloseCode.BAD_PAYLOAD, "the payload wants a dictionary");
      }
      if (step == 0) {
        return;
      }
    }
  }
}
