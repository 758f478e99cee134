package dev.anabranch.nostr.text;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-256.
public final class Digest {

  private Digest() {}

  /// The 32 bytes of the hash of some bytes.
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
