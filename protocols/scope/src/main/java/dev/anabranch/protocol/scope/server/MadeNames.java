package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Names that a client left to the server.
final class MadeNames {
  private final RandomGenerator random;

  MadeNames(RandomGenerator random) {
    this.random = random;
  }

  /// The client's key, or one of 128 random bits.
  WriteKey key(@Nullable WriteKey chosen) {
    return chosen != null
        ? chosen
        : new WriteKey(
            "made-"
                + HexFormat.of().toHexDigits(random.nextLong())
                + HexFormat.of().toHexDigits(random.nextLong()));
  }

  /// An id for a new entity, the same for every retry of the write (UUID version 8, RFC 9562).
  EntityId id(ScopeName scope, PrincipalId principal, WriteKey key) {
    String name = scope + "\n" + principal + "\n" + key;
    ByteBuffer hash = ByteBuffer.wrap(sha256().digest(name.getBytes(StandardCharsets.UTF_8)));
    long high = (hash.getLong() & ~0xF000L) | 0x8000L;
    long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new EntityId(new UUID(high, low).toString());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
