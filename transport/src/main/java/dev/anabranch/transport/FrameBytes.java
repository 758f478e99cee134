package dev.anabranch.transport;

import dev.anabranch.link.PlainFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/// Messages as the bytes of WebSocket frames (RFC 6455, 5.2), unmasked from a server, masked from a
/// client.
final class FrameBytes {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int COMPRESSED = 0x40;
  private static final int HEADER_BYTES_MAX = 14;
  private static final int REASON_BYTES_MAX = 123;

  private FrameBytes() {}

  /// Messages one after the other in one buffer.
  static ByteBuf of(
      ByteBufAllocator allocator,
      List<PlainFrame> messages,
      boolean deflate,
      NettyLoop loop,
      boolean mask) {
    int room = 0;
    for (PlainFrame message : messages) {
      room += message.payload().length + HEADER_BYTES_MAX;
    }
    ByteBuf out = allocator.directBuffer(room);
    for (PlainFrame message : messages) {
      put(out, message, deflate, loop, mask);
    }
    return out;
  }

  private static void put(
      ByteBuf out, PlainFrame message, boolean deflate, NettyLoop loop, boolean mask) {
    byte[] plain = message.payload();
    int opcode = message.text() ? TEXT : BINARY;
    if (deflate && plain.length >= FrameDeflater.MESSAGE_BYTES_MIN) {
      byte[] deflated = loop.deflater().deflate(plain);
      if (deflated.length < plain.length) {
        put(out, opcode | COMPRESSED, deflated, mask);
        return;
      }
    }
    put(out, opcode, plain, mask);
  }

  /// A close, ping or pong frame.
  static ByteBuf control(ByteBufAllocator allocator, int opcode, byte[] payload, boolean mask) {
    ByteBuf out = allocator.directBuffer(payload.length + HEADER_BYTES_MAX);
    put(out, opcode, payload, mask);
    return out;
  }

  /// What a close frame carries: the code, and the reason cut to fit without splitting a character.
  static byte[] closing(int code, String reason) {
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(utf8.length, REASON_BYTES_MAX);
    while (length < utf8.length && length > 0 && (utf8[length] & 0xc0) == 0x80) {
      length--;
    }
    byte[] payload = Arrays.copyOf(new byte[] {(byte) (code >> 8), (byte) code}, length + 2);
    System.arraycopy(utf8, 0, payload, 2, length);
    return payload;
  }

  private static void put(ByteBuf out, int bits, byte[] payload, boolean mask) {
    out.writeByte(FINAL | bits);
    putLength(out, payload.length, mask ? 0x80 : 0);
    if (mask) {
      putMasked(out, payload);
    } else {
      out.writeBytes(payload);
    }
  }

  private static void putLength(ByteBuf out, int length, int maskBit) {
    if (length < 126) {
      out.writeByte(maskBit | length);
    } else if (length <= 0xffff) {
      out.writeByte(maskBit | 126).writeShort(length);
    } else {
      out.writeByte(maskBit | 127).writeLong(length);
    }
  }

  private static void putMasked(ByteBuf out, byte[] payload) {
    byte[] key = new byte[4];
    Masks.RANDOM.nextBytes(key);
    out.writeBytes(key);
    byte[] masked = new byte[payload.length];
    for (int i = 0; i < masked.length; i++) {
      masked[i] = (byte) (payload[i] ^ key[i & 3]);
    }
    out.writeBytes(masked);
  }

  /// Made when the first client needs it.
  private static final class Masks {
    static final SecureRandom RANDOM = new SecureRandom();
  }
}
