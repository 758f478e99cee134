package dev.anabranch.transport;

import dev.anabranch.link.CloseCode;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Puts the fragments of one link's messages together, within the limits (RFC 6455, 5.4).
///
/// Order of frames, opcodes and masks have been checked by the decoder in front. Holds nothing
/// between messages.
final class MessageAssembler {
  /// A message as it was sent: perhaps still compressed.
  record Assembled(boolean text, boolean compressed, byte[] payload) {}

  private final int messageBytesMax;
  private final int fragmentsMax;
  private final boolean extensions;
  private @Nullable Parts parts;

  /// @param extensions whether compression was agreed on, so that the first reserved bit may be set
  MessageAssembler(int messageBytesMax, int fragmentsMax, boolean extensions) {
    this.messageBytesMax = messageBytesMax;
    this.fragmentsMax = fragmentsMax;
    this.extensions = extensions;
  }

  /// Takes a data frame.
  ///
  /// @return the message it completes; absent when more must follow
  @Nullable Assembled add(WebSocketFrame frame) throws FrameRefusal {
    boolean first = !(frame instanceof ContinuationWebSocketFrame);
    checkReserved(frame.rsv(), first);
    byte[] payload = ByteBufUtil.getBytes(frame.content());
    if (first && frame.isFinalFragment()) {
      return new Assembled(frame instanceof TextWebSocketFrame, frame.rsv() != 0, payload);
    }
    if (first) {
      parts = new Parts(frame instanceof TextWebSocketFrame, frame.rsv() != 0);
    }
    Parts open = parts;
    if (open == null) {
      throw new FrameRefusal(CloseCode.PROTOCOL_ERROR, "a continuation of nothing");
    }
    open.add(payload);
    if (!frame.isFinalFragment()) {
      return null;
    }
    parts = null;
    return new Assembled(open.text, open.compressed, Arrays.copyOf(open.bytes, open.length));
  }

  private void checkReserved(int bits, boolean first) throws FrameRefusal {
    boolean compressed = extensions && first && bits == 4;
    if (bits != 0 && !compressed) {
      throw new FrameRefusal(CloseCode.PROTOCOL_ERROR, "a reserved bit without a meaning");
    }
  }

  private final class Parts {
    final boolean text;
    final boolean compressed;
    byte[] bytes = {};
    int length;
    int count;

    Parts(boolean text, boolean compressed) {
      this.text = text;
      this.compressed = compressed;
    }

    void add(byte[] payload) throws FrameRefusal {
      if (++count > fragmentsMax) {
        throw new FrameRefusal(
            CloseCode.POLICY, "the message has more than " + fragmentsMax + " fragments");
      }
      if (payload.length > messageBytesMax - length) {
        throw new FrameRefusal(
            CloseCode.TOO_LARGE, "the message is longer than " + messageBytesMax + " bytes");
      }
      if (length + payload.length > bytes.length) {
        long twice = Math.max(length + payload.length, bytes.length * 2L);
        bytes = Arrays.copyOf(bytes, (int) Math.min(messageBytesMax, twice));
      }
      System.arraycopy(payload, 0, bytes, length, payload.length);
      length += payload.length;
    }
  }
}
