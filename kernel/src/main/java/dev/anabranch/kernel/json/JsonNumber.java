package dev.anabranch.kernel.json;

import java.util.Objects;

/// A number, kept as the text it came in, so that nothing is rounded on the way through the log.
///
/// @param literal the RFC 8259 spelling, 1–32 characters; two spellings of one number are not equal
public record JsonNumber(String literal) implements Json {

  /// The longest accepted spelling, in characters.
  public static final int LITERAL_CHARS_MAX = 32;

  public JsonNumber {
    Objects.requireNonNull(literal, "literal");
    if (literal.isEmpty() || literal.length() > LITERAL_CHARS_MAX) {
      throw new IllegalArgumentException("number of " + literal.length() + " characters");
    }
  }

  /// A whole number.
  public static JsonNumber of(long value) {
    return new JsonNumber(Long.toString(value));
  }

  /// Whether the spelling is a whole number in the range of `long`.
  public boolean isLong() {
    for (int index = literal.charAt(0) == '-' ? 1 : 0; index < literal.length(); index++) {
      char digit = literal.charAt(index);
      if (digit < '0' || digit > '9') {
        return false;
      }
    }
    return literal.length() < 19 ? !literal.equals("-") : fitsLong();
  }

  private boolean fitsLong() {
    try {
      Long.parseLong(literal);
      return true;
    } catch (NumberFormatException tooLarge) {
      return false;
    }
  }

  /// The value as a `long`; ask [#isLong()] first.
  public long longValue() {
    return Long.parseLong(literal);
  }

  /// The nearest double.
  public double doubleValue() {
    return Double.parseDouble(literal);
  }

  @Override
  public void writeTo(StringBuilder out) {
    out.append(literal);
  }
}
