package dev.anabranch.nostr.text;

import java.util.Arrays;
import java.util.HexFormat;

/// Lowercase hexadecimal digits, the only spelling that Nostr knows.
public final class Hex {

  private static final HexFormat LOWER = HexFormat.of();

  /// For each sign of ASCII: 0 = a lowercase digit, 1 = none.
  private static final byte[] FOREIGN = foreign();

  private Hex() {}

  /// Whether a text is exactly so many lowercase digits.
  public static boolean isLower(String text, int digits) {
    if (text.length() != digits) {
      return false;
    }
    // Without a branch for each sign: random digits are what no processor guesses.
    int foreign = 0;
    for (int index = 0; index < digits; index++) {
      char digit = text.charAt(index);
      foreign |= FOREIGN[digit & 0x7f] | digit >> 7;
    }
    return foreign == 0;
  }

  private static byte[] foreign() {
    byte[] foreign = new byte[128];
    Arrays.fill(foreign, (byte) 1);
    for (char digit : "0123456789abcdef".toCharArray()) {
      foreign[digit] = 0;
    }
    return foreign;
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
