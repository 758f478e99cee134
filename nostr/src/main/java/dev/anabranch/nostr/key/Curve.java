package dev.anabranch.nostr.key;

import dev.anabranch.nostr.text.MalformedText;
import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;

/// The few things we do on secp256k1, done by libsecp256k1 (decision 0060).
final class Curve {

  private static final Secp256k1 LIBRARY = Secp256k1.get();

  /// The first byte of a compressed point whose y is even, as BIP-340 means every public key.
  private static final byte EVEN = 2;

  private Curve() {}

  static boolean isSecret(byte[] secret) {
    return LIBRARY.secKeyVerify(secret);
  }

  static byte[] publicKey(byte[] secret) {
    return x(LIBRARY.pubkeyCreate(secret));
  }

  static byte[] sign(byte[] digest, byte[] secret, byte[] auxiliary) {
    return LIBRARY.signSchnorr(digest, secret, auxiliary);
  }

  static boolean verifies(byte[] signature, byte[] digest, byte[] publicKey) {
    try {
      return LIBRARY.verifySchnorr(signature, digest, publicKey);
    } catch (Secp256k1Exception notAKey) {
      return false;
    }
  }

  static byte[] sharedPoint(byte[] secret, byte[] publicKey) {
    byte[] point = new byte[33];
    point[0] = EVEN;
    System.arraycopy(publicKey, 0, point, 1, 32);
    try {
      return x(LIBRARY.pubKeyTweakMul(point, secret));
    } catch (Secp256k1Exception notAKey) {
      throw new MalformedText("the public key is no point of the curve");
    }
  }

  /// The x coordinate of a point in either encoding.
  private static byte[] x(byte[] point) {
    return Arrays.copyOfRange(point, 1, 33);
  }
}
