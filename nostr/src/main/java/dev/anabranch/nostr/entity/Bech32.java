package dev.anabranch.nostr.entity;

import dev.anabranch.nostr.text.MalformedText;
import java.io.ByteArrayOutputStream;
import java.util.Locale;

/// Bytes as a word, `1` and 32 kinds of signs with a checksum (BIP-173).
///
/// @param word before the last `1`, lower case
/// @param bytes behind it
record Bech32(String word, byte[] bytes) {

  /// NIP-19's bound.
  static final int CHARACTERS_MAX = 5_000;

  private static final String SIGNS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final int CHECKSUM_SIGNS = 6;

  static Bech32 parse(String text) {
    if (text.length() > CHARACTERS_MAX) {
      throw new MalformedText("a text of more than " + CHARACTERS_MAX + " characters");
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (!lower.equals(text) && !text.toUpperCase(Locale.ROOT).equals(text)) {
      throw new MalformedText("upper and lower case are mixed");
    }
    int separator = lower.lastIndexOf('1');
    if (separator < 1 || lower.length() - separator - 1 < CHECKSUM_SIGNS) {
      throw new MalformedText("not a word, 1 and signs with a checksum");
    }
    String word = lower.substring(0, separator);
    byte[] fives = fives(lower.substring(separator + 1));
    if (checksum(word, fives, fives.length) != 1) {
      throw new MalformedText("the checksum is wrong: a sign was mistyped");
    }
    return new Bech32(word, regroup(fives, fives.length - CHECKSUM_SIGNS, 5, 8));
  }

  private static byte[] fives(String signs) {
    byte[] fives = new byte[signs.length()];
    for (int index = 0; index < fives.length; index++) {
      int value = SIGNS.indexOf(signs.charAt(index));
      if (value < 0) {
        throw new MalformedText("a sign that these texts do not use");
      }
      fives[index] = (byte) value;
    }
    return fives;
  }

  /// As text.
  String text() {
    byte[] fives = regroup(bytes, bytes.length, 8, 5);
    byte[] room = new byte[fives.length + CHECKSUM_SIGNS];
    System.arraycopy(fives, 0, room, 0, fives.length);
    int checksum = checksum(word, room, room.length) ^ 1;
    StringBuilder text = new StringBuilder(word).append('1');
    for (byte five : fives) {
      text.append(SIGNS.charAt(five));
    }
    for (int index = 0; index < CHECKSUM_SIGNS; index++) {
      text.append(SIGNS.charAt(checksum >>> (5 * (5 - index)) & 31));
    }
    return text.toString();
  }

  private static int checksum(String word, byte[] fives, int count) {
    int sum = 1;
    for (int index = 0; index < word.length(); index++) {
      sum = step(sum, word.charAt(index) >> 5);
    }
    sum = step(sum, 0);
    for (int index = 0; index < word.length(); index++) {
      sum = step(sum, word.charAt(index) & 31);
    }
    for (int index = 0; index < count; index++) {
      sum = step(sum, fives[index]);
    }
    return sum;
  }

  private static int step(int sum, int value) {
    int next = (sum & 0x1ffffff) << 5 ^ value;
    for (int bit = 0; bit < GENERATOR.length; bit++) {
      next ^= (sum >>> (25 + bit) & 1) == 1 ? GENERATOR[bit] : 0;
    }
    return next;
  }

  /// The same bits in groups of another size; from five to eight no more than zeros may be left.
  private static byte[] regroup(byte[] values, int count, int fromBits, int toBits) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int held = 0;
    int bits = 0;
    for (int index = 0; index < count; index++) {
      held = (held << fromBits | (values[index] & 0xff)) & 0xfff;
      bits += fromBits;
      while (bits >= toBits) {
        bits -= toBits;
        out.write(held >>> bits & ((1 << toBits) - 1));
      }
    }
    int left = held & ((1 << bits) - 1);
    if (toBits == 5 && bits > 0) {
      out.write(left << (toBits - bits));
    } else if (toBits == 8 && (bits >= fromBits || left != 0)) {
      throw new MalformedText("bits are left over");
    }
    return out.toByteArray();
  }
}
