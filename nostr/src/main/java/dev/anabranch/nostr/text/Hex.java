package dev.anabranch.nostr.text;

import java.util.HexFormat;

/// Lowercase hexadecimal digits, the only spelling that Nostr knows.
public final class Hex {

  private static final HexFormat LOWER = HexFormat.of();

  private Hex() {}

  /// Whether a text is exactly so many lowercase digits.
  public static boolean isLower(String text, int digits) {
    if (text.length() != digits) {
      return false;
    }
    for (int index = 0; index < digits; index++) {
      char digit = text.charAt(index);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return true;
  }

  /// Two digits for each byte.
  public static String of(byte[] bytes) {
    return LOWER.formatHex(bytes);
  }

  /// The bytes that digits spell.
  ///
  /// @throws IllegalArgumentException when they are not an even number of hexadecimal digits
  public static byte[] bytes(String digits) {
    return LOWER.parseHex(digits);
  }

  /// The bytes of a peer's digits.
  ///
  /// @throws MalformedText when they are not an even number of lowercase digits
  public static byte[] parse(String digits) {
    if (digits.length() % 2 != 0 || !isLower(digits, digits.length())) {
      throw new MalformedText("not an even number of lowercase hexadecimal digits");
    }
    return LOWER.parseHex(digits);
  }
}
