package dev.anabranch.nostr.link;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/// Signatures by Ed25519 (RFC 8032).
final class Ed25519 {

  /// What stands before the 32 bytes of a key in its X.509 encoding (RFC 8410).
  private static final byte[] HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private Ed25519() {}

  static boolean verifies(byte[] key, byte[] message, byte[] signature) {
    try {
      byte[] encoded = ByteBuffer.allocate(HEAD.length + key.length).put(HEAD).put(key).array();
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException notAKeyOrSignature) {
      return false;
    }
  }
}
