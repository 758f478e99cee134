package dev.anabranch.nostr.key;

import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Objects;

/// Who wrote: the x coordinate of a point on secp256k1 (BIP-340).
///
/// Whether such a point exists shows only when a signature is verified.
///
/// @param hex 64 lowercase hexadecimal digits
public record PublicKey(String hex) implements Comparable<PublicKey> {

  public PublicKey {
    Objects.requireNonNull(hex, "hex");
    if (!Hex.isLower(hex, 64)) {
      throw new IllegalArgumentException(
          "not 64 lowercase hexadecimal digits, but %d characters".formatted(hex.length()));
    }
  }

  /// The key that 32 bytes are.
  public static PublicKey of(byte[] bytes) {
    return new PublicKey(Hex.of(bytes));
  }

  /// The key of a peer's text.
  ///
  /// @throws MalformedText when it is not 64 lowercase hexadecimal digits
  public static PublicKey parse(String hex) {
    if (!Hex.isLower(hex, 64)) {
      throw new MalformedText("a public key has 64 lowercase hexadecimal digits");
    }
    return new PublicKey(hex);
  }

  /// The 32 bytes.
  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public int compareTo(PublicKey other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
