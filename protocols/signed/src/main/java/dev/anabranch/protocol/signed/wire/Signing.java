package dev.anabranch.protocol.signed.wire;

import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What is signed: SHA-256 of a value's canonical JSON.
public final class Signing {

  /// The field that holds a frame's signature.
  public static final String SIGNATURE = "signature";

  /// The field that holds the signature of a whole `connect_ack`, whose `signature` is the seed's.
  public static final String FRAME_SIGNATURE = "frame_signature";

  private Signing() {}

  /// The digest of a value, 32 bytes.
  public static byte[] digest(Json json) {
    return sha256(CanonicalJson.text(json));
  }

  /// The digest of a frame without its signatures, 32 bytes.
  public static byte[] digestOfFrame(JsonObject frame) {
    return digest(frame.without(SIGNATURE).without(FRAME_SIGNATURE));
  }

  /// SHA-256 of a text's UTF-8.
  public static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }
}
