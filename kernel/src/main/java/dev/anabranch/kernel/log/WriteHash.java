package dev.anabranch.kernel.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a write says, in 128 bits of SHA-256: tells a retry from another write under the same key
/// (K2).
///
/// The key and the proof are not part of it, nor is what a device claims of its own counting, nor
/// whether the write is for a new entity only. A write that was made of a request says what the
/// request says.
public record WriteHash(long high, long low) {

  /// The hash of a write: its parts one after the other, each behind its length, −1 = none.
  public static WriteHash of(Write write) {
    MessageDigest digest = sha256();
    put(digest, utf8(write.entity().model().text()));
    put(digest, utf8(write.entity().id().text()));
    Bytes request = write.request();
    if (request != null) {
      put(digest, request.toArray());
    } else {
      put(digest, utf8(write.action().word()));
      put(digest, write.data() == null ? null : utf8(write.data().text()));
      put(digest, write.body() == null ? null : write.body().toArray());
      put(digest, write.expectedVersion() == null ? -1 : write.expectedVersion());
    }
    Set<PrincipalId> erases = write.erases();
    if (erases != null) { // the hashes of all other writes stay what they were
      put(digest, erases.size());
      erases.stream().sorted().forEach(name -> put(digest, utf8(name.text())));
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new WriteHash(hash.getLong(), hash.getLong());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void put(MessageDigest digest, byte @Nullable [] part) {
    put(digest, part == null ? -1 : part.length);
    if (part != null) {
      digest.update(part);
    }
  }

  private static void put(MessageDigest digest, long number) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
