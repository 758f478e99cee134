package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonNull;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.JsonString;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/// The one spelling of a JSON value by RFC 8785: no white space, names by their UTF-16 code units,
/// numbers as ECMAScript prints doubles, only the escapes that must be.
public final class CanonicalJson {

  private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.HALF_EVEN);

  private CanonicalJson() {}

  /// The spelling of a value.
  public static String text(Json json) {
    StringBuilder out = new StringBuilder();
    write(json, out);
    return out.toString();
  }

  /// The first place at which a text differs from the spelling of its value, in characters; −1 =
  /// nowhere.
  public static int difference(String text, Json json) {
    String canonical = text(json);
    if (canonical.equals(text)) {
      return -1;
    }
    int length = Math.min(canonical.length(), text.length());
    for (int index = 0; index < length; index++) {
      if (canonical.charAt(index) != text.charAt(index)) {
        return index;
      }
    }
    return length;
  }

  private static void write(Json json, StringBuilder out) {
    switch (json) {
      case JsonObject object -> write(object, out);
      case JsonArray(List<Json> values) -> write(values, out);
      case JsonNumber number -> out.append(number(number.doubleValue()));
      case JsonString(String value) -> JsonString.quote(value, out);
      case JsonBoolean flag -> flag.writeTo(out);
      case JsonNull nothing -> nothing.writeTo(out);
    }
  }

  private static void write(JsonObject object, StringBuilder out) {
    List<String> names = new ArrayList<>(object.fields().keySet());
    names.sort(String::compareTo); // by UTF-16 code units, as the RFC wants it
    out.append('{');
    String comma = "";
    for (String name : names) {
      out.append(comma);
      JsonString.quote(name, out);
      out.append(':');
      Json value = object.get(name);
      if (value != null) {
        write(value, out);
      }
      comma = ",";
    }
    out.append('}');
  }

  private static void write(List<Json> values, StringBuilder out) {
    out.append('[');
    for (int index = 0; index < values.size(); index++) {
      if (index > 0) {
        out.append(',');
      }
      write(values.get(index), out);
    }
    out.append(']');
  }

  /// A double as ECMAScript's `Number::toString` prints it (ECMA-262, 6.1.6.1.20).
  ///
  /// @throws IllegalArgumentException when it is no number
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no " + value);
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal shortest = shortest(Math.abs(value));
    String digits = shortest.unscaledValue().toString();
    int point = digits.length() - shortest.scale(); // where the decimal point stands in the digits
    String sign = value < 0 ? "-" : "";
    if (point > 21 || point <= -6) {
      return sign + scientific(digits, point - 1);
    }
    if (point >= digits.length()) {
      return sign + digits + "0".repeat(point - digits.length());
    }
    return point > 0
        ? sign + digits.substring(0, point) + "." + digits.substring(point)
        : sign + "0." + "0".repeat(-point) + digits;
  }

  /// The fewest digits that read back the same. `Double.toString` gives them, only never fewer than
  /// two: 4.9E-324, where one is enough.
  private static BigDecimal shortest(double value) {
    BigDecimal java = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal oneDigit = java.round(ONE_DIGIT);
    return oneDigit.doubleValue() == value ? oneDigit.stripTrailingZeros() : java;
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }
}
