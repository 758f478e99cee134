package dev.anabranch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// WebSocket frames as the load client needs them (RFC 6455, 5.2).
///
/// Client frames are masked with the key 0: allowed on the wire, and the payload stays as it is, so
/// that the client spends nothing on it.
public final class WebSocketText {
  private static final int MASKED = 0x80;
  private static final int TEXT_FINAL = 0x81;
  private static final int PONG_FINAL = 0x8a;
  private static final int OPCODE_PING = 0x9;

  private WebSocketText() {}

  /// One final text frame, masked.
  public static byte[] frame(String text) {
    return frame(TEXT_FINAL, text.getBytes(StandardCharsets.UTF_8));
  }

  /// An empty pong, masked.
  public static byte[] pong() {
    return frame(PONG_FINAL, new byte[0]);
  }

  private static byte[] frame(int head, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) head);
    if (payload.length < 126) {
      frame.put((byte) (MASKED | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (MASKED | 127)).putLong(payload.length);
    }
    frame.putInt(0).put(payload);
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  /// Where the frame at `from` ends, or -1 if it is not whole before `to`.
  public static int end(ByteBuffer buffer, int from, int to) {
    if (to - from < 2) {
      return -1;
    }
    int length = buffer.get(from + 1) & 0x7f;
    int head = length < 126 ? 2 : length == 126 ? 4 : 10;
    if (to - from < head) {
      return -1;
    }
    long payload = length < 126 ? length : bigEndian(buffer, from + 2, head - 2);
    long end = from + head + payload;
    return end <= to ? (int) end : -1;
  }

  /// Where the payload of the server's frame at `from` begins; its head must be there.
  static int payload(ByteBuffer buffer, int from) {
    int length = buffer.get(from + 1) & 0x7f;
    return from + (length < 126 ? 2 : length == 126 ? 4 : 10);
  }

  /// Whether the frame at `from` is a ping.
  public static boolean isPing(ByteBuffer buffer, int from) {
    return (buffer.get(from) & 0x0f) == OPCODE_PING;
  }

  /// Whether the frame at `from` carries data, not control.
  public static boolean isData(ByteBuffer buffer, int from) {
    return (buffer.get(from) & 0x08) == 0;
  }

  // The client's buffers are little-endian for the marker scan; lengths on the wire are not.
  private static long bigEndian(ByteBuffer buffer, int at, int bytes) {
    long value = 0;
    for (int index = 0; index < bytes; index++) {
      value = (value << 8) | (buffer.get(at + index) & 0xff);
    }
    return value;
  }
}
