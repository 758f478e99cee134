package dev.anabranch.crdt.encoding;

import java.math.BigDecimal;

/// Numbers as JavaScript prints them (ECMA-262, Number::toString).
public final class JavaScriptNumbers {
  private JavaScriptNumbers() {}

  public static String toText(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "Infinity" : "-Infinity";
    }
    if (number == 0) {
      return "0";
    }
    if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      return Long.toString((long) number);
    }
    return (number < 0 ? "-" : "") + toText(new BigDecimal(Double.toString(Math.abs(number))));
  }

  /// Places the point as the standard says: plain from 1e-7 up to below 1e21, else an exponent.
  private static String toText(BigDecimal exact) {
    BigDecimal shortest = exact.stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    int point = digits.length() - shortest.scale();
    if (point > 21 || point < -5) {
      return withExponent(digits, point - 1);
    }
    if (point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    return point >= digits.length()
        ? digits + "0".repeat(point - digits.length())
        : digits.substring(0, point) + "." + digits.substring(point);
  }

  private static String withExponent(String digits, int exponent) {
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
