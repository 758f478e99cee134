package dev.anabranch.crdt.encoding;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads lib0's primitives out of a part of a byte array.
public final class ByteReader {
  /// The greatest number that JavaScript counts exactly, 2^53 − 1: client ids reach up to it.
  public static final long SAFE_INTEGER_MAX = (1L << 53) - 1;

  private final byte[] bytes;
  private final int end;
  private int position;
  private boolean negative;
  private @Nullable JsonCheck json;

  public ByteReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ByteReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  public int remaining() {
    return end - position;
  }

  public boolean hasMore() {
    return position < end;
  }

  public int readByte() {
    if (position >= end) {
      throw new MalformedUpdate("the bytes end in the middle of a value");
    }
    return bytes[position++] & 0xff;
  }

  /// An unsigned number of up to 53 bits.
  public long readVarUint() {
    int first = readByte();
    return first < 0x80 ? first : continueNumber(first & 0x7f, 7);
  }

  /// A number that counts units of at least `unitBytes` bytes each, so that the bytes left bound
  /// it.
  public int readCount(int unitBytes) {
    long count = readVarUint();
    if (count > remaining() / unitBytes) {
      throw new MalformedUpdate("a count of " + count + " exceeds the bytes that are left");
    }
    return (int) count;
  }

  /// A clock or a length in clock units.
  public int readClock() {
    return clock(readVarUint());
  }

  /// A signed number; its sign is kept apart in [#wasNegative], because minus zero carries meaning.
  public long readVarInt() {
    int first = readByte();
    negative = (first & 0x40) != 0;
    long magnitude = first < 0x80 ? first & 0x3f : continueNumber(first & 0x3f, 6);
    return negative ? -magnitude : magnitude;
  }

  /// Whether the last [#readVarInt] had its sign set, also for zero.
  public boolean wasNegative() {
    return negative;
  }

  public String readString() {
    int length = readCount(1);
    int start = position;
    position += length;
    for (int i = start; i < position; i++) {
      if (bytes[i] < 0) {
        return decodeUtf8(start, length);
      }
    }
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }

  public byte[] readBytes() {
    int length = skipBytes();
    return Arrays.copyOfRange(bytes, position - length, position);
  }

  /// Passes over bytes as [#readBytes] reads them, and answers how many they are.
  int skipBytes() {
    int length = readCount(1);
    position += length;
    return length;
  }

  /// Passes over a string and answers how many UTF-16 units it has; refuses what is not UTF-8.
  int skipString() {
    int length = skipBytes();
    return Utf8.units(bytes, position - length, position);
  }

  /// Passes over a string that must be JSON.
  public void skipJson() {
    int start = skipText();
    checkJson().run(start, position);
  }

  /// Passes over a string that must be JSON or the word `undefined`.
  void skipOldJson() {
    int start = skipText();
    checkJson().runOld(start, position);
  }

  /// Passes over a string and answers where its first byte stands.
  private int skipText() {
    int length = skipBytes();
    Utf8.units(bytes, position - length, position);
    return position - length;
  }

  /// JSON is ASCII outside its strings, so each byte can be looked at as one character.
  private JsonCheck checkJson() {
    if (json == null) {
      json = new JsonCheck(new Latin1(bytes));
    }
    return json;
  }

  /// Bytes as characters of the same number.
  private record Latin1(byte[] bytes) implements CharSequence {
    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public char charAt(int index) {
      return (char) (bytes[index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }
  }

  /// A reader of the length-prefixed part that begins here; this reader continues after it.
  public ByteReader readPart() {
    int length = skipBytes();
    return new ByteReader(bytes, position - length, position);
  }

  float readFloat32() {
    return Float.intBitsToFloat((int) readFixed(4));
  }

  double readFloat64() {
    return Double.longBitsToDouble(readFixed(8));
  }

  long readInt64() {
    return readFixed(8);
  }

  /// Refuses bytes after the end: they are the mark of a format mistaken for another.
  public void expectEnd() {
    if (hasMore()) {
      throw new MalformedUpdate(remaining() + " bytes follow the end");
    }
  }

  static int clock(long number) {
    if (number > Integer.MAX_VALUE) {
      throw new MalformedUpdate("clock " + number + " exceeds " + Integer.MAX_VALUE);
    }
    return (int) number;
  }

  private long readFixed(int width) {
    if (remaining() < width) {
      throw new MalformedUpdate("the bytes end in the middle of a number");
    }
    long number = 0;
    for (int i = 0; i < width; i++) {
      number = number << 8 | (bytes[position++] & 0xff);
    }
    return number;
  }

  private long continueNumber(long lowBits, int bits) {
    long number = lowBits;
    for (int shift = bits; shift < 56; shift += 7) {
      int next = readByte();
      number |= (long) (next & 0x7f) << shift;
      if (number > SAFE_INTEGER_MAX) {
        break;
      }
      if (next < 0x80) {
        return number;
      }
    }
    throw new MalformedUpdate("a number exceeds 53 bits");
  }

  private String decodeUtf8(int start, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw new MalformedUpdate("a string is not UTF-8");
    }
  }
}
