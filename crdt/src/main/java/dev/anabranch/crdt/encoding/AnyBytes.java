package dev.anabranch.crdt.encoding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Values as lib0 writes them: a tag byte counted down from 127, then the value.
public final class AnyBytes {
  /// How deep arrays and objects may nest.
  public static final int DEPTH_MAX = 256;

  private static final int UNDEFINED = 127;
  private static final int NULL = 126;
  private static final int INTEGER = 125;
  private static final int FLOAT32 = 124;
  private static final int FLOAT64 = 123;
  private static final int BIGINT = 122;
  private static final int FALSE = 121;
  private static final int TRUE = 120;
  private static final int STRING = 119;
  private static final int OBJECT = 118;
  private static final int ARRAY = 117;
  private static final int BINARY = 116;

  private AnyBytes() {}

  public static void write(ByteWriter out, Any value) {
    switch (value) {
      case Any.Undefined ignored -> out.writeByte(UNDEFINED);
      case Any.Null ignored -> out.writeByte(NULL);
      case Any.Flag flag -> out.writeByte(flag.value() ? TRUE : FALSE);
      case Any.Number number -> writeNumber(out, number.value());
      case Any.BigInteger big -> {
        out.writeByte(BIGINT);
        out.writeFixed(big.value(), 8);
      }
      case Any.Text text -> {
        out.writeByte(STRING);
        out.writeString(text.value());
      }
      case Any.Binary binary -> {
        out.writeByte(BINARY);
        out.writeBytes(binary.value());
      }
      case Any.Array array -> {
        out.writeByte(ARRAY);
        out.writeVarUint(array.values().size());
        array.values().forEach(element -> write(out, element));
      }
      case Any.Object object -> {
        out.writeByte(OBJECT);
        out.writeVarUint(object.entries().size());
        object.entries().forEach((key, element) -> writeEntry(out, key, element));
      }
    }
  }

  public static Any read(ByteReader in) {
    return read(in, DEPTH_MAX);
  }

  private static Any read(ByteReader in, int depth) {
    if (depth == 0) {
      throw new MalformedUpdate("a value nests deeper than " + DEPTH_MAX);
    }
    int tag = in.readByte();
    return switch (tag) {
      case UNDEFINED -> Any.UNDEFINED;
      case NULL -> Any.NULL;
      case INTEGER -> readInteger(in);
      case FLOAT32 -> Any.of(in.readFloat32());
      case FLOAT64 -> Any.of(in.readFloat64());
      case BIGINT -> new Any.BigInteger(in.readInt64());
      case FALSE -> Any.of(false);
      case TRUE -> Any.of(true);
      case STRING -> Any.of(in.readString());
      case OBJECT -> readObject(in, depth);
      case ARRAY -> readArray(in, depth);
      case BINARY -> Any.of(in.readBytes());
      default -> throw new MalformedUpdate("no value has tag " + tag);
    };
  }

  /// Passes over a value, refusing what [#read] would.
  static void skip(ByteReader in) {
    skip(in, DEPTH_MAX);
  }

  private static void skip(ByteReader in, int depth) {
    if (depth == 0) {
      throw new MalformedUpdate("a value nests deeper than " + DEPTH_MAX);
    }
    int tag = in.readByte();
    switch (tag) {
      case UNDEFINED, NULL, FALSE, TRUE -> {}
      case INTEGER -> in.readVarInt();
      case FLOAT32 -> in.readFloat32();
      case FLOAT64, BIGINT -> in.readInt64();
      case STRING -> in.skipString();
      case BINARY -> in.skipBytes();
      case OBJECT -> {
        for (int left = in.readCount(2); left > 0; left--) {
          in.skipString();
          skip(in, depth - 1);
        }
      }
      case ARRAY -> {
        for (int left = in.readCount(1); left > 0; left--) {
          skip(in, depth - 1);
        }
      }
      default -> throw new MalformedUpdate("no value has tag " + tag);
    }
  }

  /// The shortest of three forms that keeps the number: integer, 32 bits, 64 bits.
  private static void writeNumber(ByteWriter out, double number) {
    if (number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE) {
      out.writeByte(INTEGER);
      out.writeVarInt((long) Math.abs(number), number < 0 || 1 / number < 0);
    } else if ((float) number == number) {
      out.writeByte(FLOAT32);
      out.writeFixed(Float.floatToIntBits((float) number), 4);
    } else {
      out.writeByte(FLOAT64);
      out.writeFixed(Double.doubleToLongBits(number), 8);
    }
  }

  private static void writeEntry(ByteWriter out, String key, Any value) {
    out.writeString(key);
    write(out, value);
  }

  private static Any readInteger(ByteReader in) {
    long number = in.readVarInt();
    return Any.of(number == 0 && in.wasNegative() ? -0.0 : number);
  }

  private static Any readArray(ByteReader in, int depth) {
    int count = in.readCount(1);
    List<Any> values = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      values.add(read(in, depth - 1));
    }
    return new Any.Array(values);
  }

  private static Any readObject(ByteReader in, int depth) {
    int count = in.readCount(2);
    if (count < 2) {
      return new Any.Object(count == 0 ? Map.of() : Map.of(in.readString(), read(in, depth - 1)));
    }
    Map<String, Any> entries = LinkedHashMap.newLinkedHashMap(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      entries.put(in.readString(), read(in, depth - 1));
    }
    return new Any.Object(entries);
  }
}
