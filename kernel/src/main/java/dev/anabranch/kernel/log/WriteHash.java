package dev.anabranch.kernel.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/// What a write says, in 128 bits of SHA-256: tells a retry from another write under the same key
/// (K2).
///
/// The key and the proof are not part of it, nor is what a device claims of its own counting. A
/// write that was made of a request says what the request says.
public record WriteHash(long high, long low) {

  /// The hash of a write.
  public static WriteHash of(Write write) {
    MessageDigest digest = sha256();
    put(digest, write.entity().model().text());
    put(digest, write.entity().id().text());
    if (write.request() != null) {
      digest.update(write.request().toArray());
      return of(digest);
    }
    put(digest, write.action().word());
    put(digest, write.data() == null ? null : write.data().text());
    Bytes body = write.body();
    putLength(digest, body == null ? -1 : body.size());
    if (body != null) {
      digest.update(body.toArray());
    }
    putLength(digest, write.expectedVersion() == null ? -1 : write.expectedVersion());
    return of(digest);
  }

  private static WriteHash of(MessageDigest digest) {
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new WriteHash(hash.getLong(), hash.getLong());
  }

  private static void put(MessageDigest digest, @Nullable String text) {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    putLength(digest, text == null ? -1 : bytes.length);
    digest.update(bytes);
  }

  private static void putLength(MessageDigest digest, long length) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(length).flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
