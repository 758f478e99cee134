package dev.anabranch.crdt.encoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A plain value in a document: what JSON knows, and undefined, bytes and 64-bit integers besides.
///
/// Numbers are JavaScript's, that is doubles. Objects iterate as JavaScript's do: keys that look
/// like array indexes first, ascending, then the others in the order in which they were added.
public sealed interface Any {
  Any NULL = new Null();
  Any TRUE = new Flag(true);
  Any FALSE = new Flag(false);
  Any UNDEFINED = new Undefined();

  record Null() implements Any {}

  record Undefined() implements Any {}

  record Flag(boolean value) implements Any {}

  record Number(double value) implements Any {}

  /// JavaScript's bigint, as far as 64 bits hold it.
  record BigInteger(long value) implements Any {}

  record Text(String value) implements Any {}

  record Binary(byte[] value) implements Any {
    @Override
    public boolean equals(java.lang.Object other) {
      return other instanceof Binary binary && Arrays.equals(value, binary.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }
  }

  record Array(List<Any> values) implements Any {
    public Array {
      values = List.copyOf(values);
    }
  }

  record Object(Map<String, Any> entries) implements Any {
    public Object {
      entries = JavaScriptOrder.copyOf(entries);
    }
  }

  static Any of(String text) {
    return new Text(text);
  }

  static Any of(double number) {
    return new Number(number);
  }

  static Any of(boolean value) {
    return value ? TRUE : FALSE;
  }

  static Any of(byte[] bytes) {
    return new Binary(bytes);
  }

  static Any array(Any... values) {
    return new Array(List.of(values));
  }

  /// Whether JavaScript's `===` holds: same primitive, or the very same object.
  @SuppressWarnings("ReferenceEquality") // identity is what JavaScript asks for objects
  static boolean isIdentical(Any one, Any other) {
    if (one == other) {
      return !(one instanceof Number number) || !Double.isNaN(number.value);
    }
    return switch (one) {
      case Number number -> other instanceof Number that && number.value == that.value;
      case Null ignored -> other instanceof Null;
      case Undefined ignored -> other instanceof Undefined;
      case Flag flag -> flag.equals(other);
      case BigInteger big -> big.equals(other);
      case Text text -> text.equals(other);
      case Binary ignored -> false;
      case Array ignored -> false;
      case Object ignored -> false;
    };
  }

  /// Whether two values of a mark count as equal: identical, or alike one level deep.
  static boolean areEqualMarks(Any one, Any other) {
    if (isIdentical(one, other)) {
      return true;
    }
    List<String> keys = keysOf(one);
    return keys != null
        && keysOf(other) instanceof List<String> others
        && keys.size() == others.size()
        && keys.stream()
            .allMatch(key ->
                member(one, key) instanceof Any value
                    && member(other, key) instanceof Any that
                    && isIdentical(value, that));
  }

  private static @org.jspecify.annotations.Nullable List<String> keysOf(Any value) {
    return switch (value) {
      case Object object -> List.copyOf(object.entries.keySet());
      case Array array -> indexes(array.values.size());
      case Binary binary -> indexes(binary.value.length);
      default -> null;
    };
  }

  private static List<String> indexes(int count) {
    List<String> indexes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      indexes.add(Integer.toString(i));
    }
    return indexes;
  }

  private static @org.jspecify.annotations.Nullable Any member(Any value, String key) {
    return switch (value) {
      case Object object -> object.entries.get(key);
      case Array array ->
          isIndexBelow(key, array.values.size()) ? array.values.get(Integer.parseInt(key)) : null;
      case Binary binary ->
          isIndexBelow(key, binary.value.length)
              ? new Number(binary.value[Integer.parseInt(key)] & 0xff)
              : null;
      default -> null;
    };
  }

  private static boolean isIndexBelow(String key, int count) {
    return JavaScriptOrder.isIndex(key) && Long.parseLong(key) < count;
  }
}
