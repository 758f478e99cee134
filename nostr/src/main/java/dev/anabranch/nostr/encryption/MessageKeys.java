package dev.anabranch.nostr.encryption;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The three keys of one message, from the conversation's key and the message's nonce.
///
/// @param cipherKey 32 bytes
/// @param cipherNonce 12 bytes
/// @param macKey 32 bytes
record MessageKeys(byte[] cipherKey, byte[] cipherNonce, byte[] macKey) {

  private static final int BLOCKS = 3;
  private static final int HASH_BYTES = 32;

  /// HKDF-Expand (RFC 5869) to 76 bytes with the nonce as its info.
  static MessageKeys of(byte[] conversationKey, byte[] nonce) {
    ByteBuffer expanded = ByteBuffer.allocate(BLOCKS * HASH_BYTES);
    byte[] block = new byte[0];
    for (int number = 1; number <= BLOCKS; number++) {
      block = Hmac.sha256(conversationKey, block, nonce, new byte[] {(byte) number});
      expanded.put(block);
    }
    byte[] keys = expanded.array();
    return new MessageKeys(
        Arrays.copyOfRange(keys, 0, 32),
        Arrays.copyOfRange(keys, 32, 44),
        Arrays.copyOfRange(keys, 44, 76));
  }

  /// ChaCha20 (RFC 8439), its counter from 0; the same both ways.
  byte[] cipher(byte[] bytes) {
    try {
      Cipher cipher = Cipher.getInstance("ChaCha20");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(cipherKey, "ChaCha20"),
          new ChaCha20ParameterSpec(cipherNonce, 0));
      return cipher.doFinal(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  byte[] mac(byte[] nonce, byte[] ciphertext) {
    return Hmac.sha256(macKey, nonce, ciphertext);
  }
}
