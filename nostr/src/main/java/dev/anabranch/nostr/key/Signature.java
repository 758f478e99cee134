package dev.anabranch.nostr.key;

import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Objects;

/// A signature by BIP-340; what it is worth shows only [#isBy].
///
/// @param hex 128 lowercase hexadecimal digits
public record Signature(String hex) {

  public Signature {
    Objects.requireNonNull(hex, "hex");
    if (!Hex.isLower(hex, 128)) {
      throw new IllegalArgumentException(
          "not 128 lowercase hexadecimal digits, but %d characters".formatted(hex.length()));
    }
  }

  /// The signature of a peer's text.
  ///
  /// @throws MalformedText when it is not 128 lowercase hexadecimal digits
  public static Signature parse(String hex) {
    if (!Hex.isLower(hex, 128)) {
      throw new MalformedText("a signature has 128 lowercase hexadecimal digits");
    }
    return new Signature(hex);
  }

  /// Whether this is a key's signature of a digest.
  ///
  /// @param digest 32 bytes
  public boolean isBy(PublicKey key, byte[] digest) {
    return Curve.verifies(Hex.bytes(hex), digest, key.bytes());
  }

  @Override
  public String toString() {
    return hex;
  }
}
