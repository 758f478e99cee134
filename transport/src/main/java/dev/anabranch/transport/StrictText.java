package dev.anabranch.transport;

import dev.anabranch.link.CloseCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Text from bytes that must be UTF-8 (RFC 6455, 8.1).
final class StrictText {
  private static final char REPLACEMENT = '\ufffd';

  private StrictText() {}

  static String of(byte[] utf8) throws FrameRefusal {
    String text = new String(utf8, StandardCharsets.UTF_8);
    // The fast way puts this character where bytes are wrong; without it, nothing was.
    if (text.indexOf(REPLACEMENT) < 0) {
      return text;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new FrameRefusal(CloseCode.BAD_PAYLOAD, "the text is not UTF-8");
    }
  }
}
