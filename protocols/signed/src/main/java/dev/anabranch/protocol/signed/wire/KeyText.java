package dev.anabranch.protocol.signed.wire;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Public keys as people write them: 64 hexadecimal digits, or `npub1…` (NIP-19).
public final class KeyText {

  private static final String PREFIX = "npub";
  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final int NPUB_CHARS = 63;
  private static final int CHECKSUM_WORDS = 6;
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };

  private KeyText() {}

  /// The key of a text; empty when it is none.
  public static Optional<PublicKey> parse(String text) {
    if (Hex.isLower(text, 64)) {
      return Optional.of(new PublicKey(text));
    }
    byte[] bytes = text.length() == NPUB_CHARS ? decoded(text) : null;
    return bytes == null ? Optional.empty() : Optional.of(PublicKey.of(bytes));
  }

  private static byte @Nullable [] decoded(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean oneCase = text.equals(lower) || text.equals(text.toUpperCase(Locale.ROOT));
    if (!oneCase || !lower.startsWith(PREFIX + "1")) {
      return null;
    }
    int[] words = new int[lower.length() - PREFIX.length() - 1];
    for (int index = 0; index < words.length; index++) {
      words[index] = ALPHABET.indexOf(lower.charAt(PREFIX.length() + 1 + index));
      if (words[index] < 0) {
        return null;
      }
    }
    return checksum(words) == 1 ? bytes(words) : null;
  }

  /// The checksum of BIP-173 over the prefix and the words.
  private static int checksum(int[] words) {
    int sum = 1;
    for (int index = 0; index < PREFIX.length(); index++) {
      sum = step(sum, PREFIX.charAt(index) >> 5);
    }
    sum = step(sum, 0);
    for (int index = 0; index < PREFIX.length(); index++) {
      sum = step(sum, PREFIX.charAt(index) & 31);
    }
    for (int word : words) {
      sum = step(sum, word);
    }
    return sum;
  }

  private static int step(int sum, int word) {
    int top = sum >>> 25;
    int next = (sum & 0x1ffffff) << 5 ^ word;
    for (int index = 0; index < GENERATOR.length; index++) {
      next ^= (top >> index & 1) == 0 ? 0 : GENERATOR[index];
    }
    return next;
  }

  /// 32 bytes out of words of five bits; null when bits are left over.
  private static byte @Nullable [] bytes(int[] words) {
    byte[] bytes = new byte[32];
    int held = 0;
    int bits = 0;
    int filled = 0;
    for (int index = 0; index < words.length - CHECKSUM_WORDS; index++) {
      held = (held << 5 | words[index]) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        if (filled == bytes.length) {
          return null;
        }
        bytes[filled++] = (byte) (held >> bits);
      }
    }
    return filled == bytes.length && (held & (1 << bits) - 1) == 0 ? bytes : null;
  }
}
