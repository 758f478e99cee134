package dev.anabranch.nostr.key;

import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The half of a key pair that its owner keeps; it shows itself to nobody who does not ask by name.
public final class SecretKey {

  private static final int BYTES = 32;

  private final byte[] secret;
  private final PublicKey publicKey;

  private SecretKey(byte[] owned) {
    this.secret = owned;
    this.publicKey = PublicKey.of(Curve.publicKey(owned));
  }

  /// The key of 32 bytes, copied.
  ///
  /// @throws MalformedText when the number is zero or not below the order of the curve
  public static SecretKey of(byte[] bytes) {
    if (bytes.length != BYTES || !Curve.isSecret(bytes)) {
      throw new MalformedText("not a secret key: 32 bytes, above zero and below the curve's order");
    }
    return new SecretKey(bytes.clone());
  }

  /// The key of 64 lowercase hexadecimal digits.
  ///
  /// @throws MalformedText when it is not one; the text is not repeated
  public static SecretKey parse(String hex) {
    if (!Hex.isLower(hex, 2 * BYTES)) {
      throw new MalformedText("a secret key has 64 lowercase hexadecimal digits");
    }
    return of(Hex.bytes(hex));
  }

  /// A new key.
  ///
  /// @param random strong, unless the key is for a test
  public static SecretKey generate(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    do {
      random.nextBytes(bytes);
    } while (!Curve.isSecret(bytes));
    return new SecretKey(bytes);
  }

  /// The half that everybody may know.
  public PublicKey publicKey() {
    return publicKey;
  }

  /// Signs a digest; the same digest gives the same signature.
  ///
  /// @param digest 32 bytes
  public Signature sign(byte[] digest) {
    return sign(digest, new byte[BYTES]);
  }

  /// Signs a digest with fresh random numbers mixed in, which protects against leaks from the
  /// hardware.
  ///
  /// @param digest 32 bytes
  public Signature sign(byte[] digest, RandomGenerator random) {
    byte[] auxiliary = new byte[BYTES];
    random.nextBytes(auxiliary);
    return sign(digest, auxiliary);
  }

  /// Signs a digest as BIP-340 says.
  ///
  /// @param digest 32 bytes
  /// @param auxiliary 32 bytes
  public Signature sign(byte[] digest, byte[] auxiliary) {
    return new Signature(Hex.of(Curve.sign(digest, secret, auxiliary)));
  }

  /// The x coordinate of the point that this key and another share, 32 bytes, not hashed (NIP-44).
  ///
  /// @throws MalformedText when the other key is no point of the curve
  public byte[] sharedPointWith(PublicKey other) {
    return Curve.sharedPoint(secret, other.bytes());
  }

  /// The 32 bytes, for the one place that keeps them.
  public byte[] secretBytes() {
    return secret.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SecretKey key && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return publicKey.hashCode();
  }

  /// Says whose it is and never what it is.
  @Override
  public String toString() {
    return "secret key of " + publicKey;
  }
}
