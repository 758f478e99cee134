package dev.anabranch.crdt.encoding;

import java.util.Arrays;

/// Writes lib0's primitives into a byte array that grows.
public final class ByteWriter {
  private byte[] bytes;
  private int size;

  public ByteWriter() {
    this(64);
  }

  public ByteWriter(int capacity) {
    bytes = new byte[capacity];
  }

  public int size() {
    return size;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  public void writeVarUint(long number) {
    ensure(8);
    long rest = number;
    while (rest > 0x7f) {
      bytes[size++] = (byte) (0x80 | (rest & 0x7f));
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /// A signed number; the sign travels apart, because minus zero carries meaning.
  public void writeVarInt(long magnitude, boolean negative) {
    ensure(9);
    long rest = magnitude >>> 6;
    bytes[size++] = (byte) ((rest > 0 ? 0x80 : 0) | (negative ? 0x40 : 0) | (magnitude & 0x3f));
    while (rest > 0) {
      bytes[size++] = (byte) ((rest > 0x7f ? 0x80 : 0) | (rest & 0x7f));
      rest >>>= 7;
    }
  }

  public void writeVarInt(long number) {
    writeVarInt(Math.abs(number), number < 0);
  }

  public void writeString(String text) {
    int length = text.length();
    if (length < 64) {
      writeShortString(text, length);
    } else {
      char[] characters = text.toCharArray();
      writeString(characters, 0, characters.length);
    }
  }

  /// A string given by its UTF-16 code units; a surrogate without its other half becomes U+FFFD.
  public void writeString(char[] characters, int start, int length) {
    writeVarUint(utf8Length(characters, start, length));
    writeUtf8(characters, start, length);
  }

  public void writeBytes(byte[] value) {
    writeVarUint(value.length);
    writeRaw(value);
  }

  public void writePart(ByteWriter part) {
    writeVarUint(part.size);
    writeRaw(part);
  }

  public void writeRaw(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, size, value.length);
    size += value.length;
  }

  public void writeRaw(ByteWriter other) {
    ensure(other.size);
    System.arraycopy(other.bytes, 0, bytes, size, other.size);
    size += other.size;
  }

  void writeFixed(long number, int width) {
    ensure(width);
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (number >>> shift);
    }
  }

  /// Puts ASCII down as it is read; anything else starts again by way of the code units.
  private void writeShortString(String text, int length) {
    ensure(length + 1);
    int start = size;
    bytes[size++] = (byte) length;
    for (int i = 0; i < length; i++) {
      char unit = text.charAt(i);
      if (unit >= 0x80) {
        size = start;
        writeString(text.toCharArray(), 0, length);
        return;
      }
      bytes[size++] = (byte) unit;
    }
  }

  private void writeUtf8(char[] characters, int start, int length) {
    ensure(3 * length);
    int end = start + length;
    for (int i = start; i < end; i++) {
      char unit = characters[i];
      if (unit < 0x80) {
        bytes[size++] = (byte) unit;
      } else if (unit < 0x800) {
        bytes[size++] = (byte) (0xc0 | unit >> 6);
        bytes[size++] = (byte) (0x80 | (unit & 0x3f));
      } else if (isPair(characters, i, end)) {
        writeFourBytes(Character.toCodePoint(unit, characters[++i]));
      } else {
        writeThreeBytes(Character.isSurrogate(unit) ? 0xfffd : unit);
      }
    }
  }

  private void writeThreeBytes(int unit) {
    bytes[size++] = (byte) (0xe0 | unit >> 12);
    bytes[size++] = (byte) (0x80 | (unit >> 6 & 0x3f));
    bytes[size++] = (byte) (0x80 | (unit & 0x3f));
  }

  private void writeFourBytes(int codePoint) {
    bytes[size++] = (byte) (0xf0 | codePoint >> 18);
    bytes[size++] = (byte) (0x80 | (codePoint >> 12 & 0x3f));
    bytes[size++] = (byte) (0x80 | (codePoint >> 6 & 0x3f));
    bytes[size++] = (byte) (0x80 | (codePoint & 0x3f));
  }

  private static int utf8Length(char[] characters, int start, int length) {
    int bytes = length;
    int end = start + length;
    for (int i = start; i < end; i++) {
      if (characters[i] >= 0x80) {
        bytes += isPair(characters, i, end) ? 2 : characters[i] < 0x800 ? 1 : 2;
        i += isPair(characters, i, end) ? 1 : 0;
      }
    }
    return bytes;
  }

  private static boolean isPair(char[] characters, int i, int end) {
    return Character.isHighSurrogate(characters[i])
        && i + 1 < end
        && Character.isLowSurrogate(characters[i + 1]);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}
