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

  /// The hash of a write: its parts one after the other, each behind its length, −1 = none.
  public static WriteHash of(Write write) {
    byte[] model = utf8(write.entity().model().text());
    byte[] entity = utf8(write.entity().id().text());
    if (write.request() != null) {
      return ofRequest(model, entity, write.request().toArray());
    }
    byte[] action = utf8(write.action().word());
    byte[] data = write.data() == null ? null : utf8(write.data().text());
    byte[] body = write.body() == null ? null : write.body().toArray();
    Long expected = write.expectedVersion();
    ByteBuffer said =
        ByteBuffer.allocate(
            room(model) + room(entity) + room(action) + room(data) + room(body) + Long.BYTES);
    put(said, model);
    put(said, entity);
    put(said, action);
    put(said, data);
    put(said, body);
    said.putLong(expected == null ? -1 : expected);
    return of(said);
  }

  private static WriteHash ofRequest(byte[] model, byte[] entity, byte[] request) {
    ByteBuffer said = ByteBuffer.allocate(room(model) + room(entity) + room(request));
    put(said, model);
    put(said, entity);
    put(said, request);
    return of(said);
  }

  private static WriteHash of(ByteBuffer said) {
    ByteBuffer hash = ByteBuffer.wrap(sha256().digest(said.array()));
    return new WriteHash(hash.getLong(), hash.getLong());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int room(byte @Nullable [] part) {
    return Long.BYTES + (part == null ? 0 : part.length);
  }

  private static void put(ByteBuffer said, byte @Nullable [] part) {
    said.putLong(part == null ? -1 : part.length);
    if (part != null) {
      said.put(part);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
