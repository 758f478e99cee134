package dev.anabranch.nostr.reconcile;

import dev.anabranch.nostr.text.Digest;
import java.util.Arrays;

/// The digest of the ids of a range: 16 bytes of SHA-256 over their sum and their number.
final class Fingerprint {

  static final int BYTES = 16;

  private static final int SUM_BYTES = 32;

  private Fingerprint() {}

  /// @param sum four words of the sum modulo 2^256, the lowest first
  static byte[] of(long[] sum, int count) {
    Output input = new Output();
    byte[] bytes = new byte[SUM_BYTES];
    for (int index = 0; index < SUM_BYTES; index++) {
      bytes[index] = (byte) (sum[index / 8] >>> (8 * (index % 8)));
    }
    input.bytes(bytes);
    input.number(count);
    return Arrays.copyOf(Digest.sha256(input.toArray()), BYTES);
  }
}
