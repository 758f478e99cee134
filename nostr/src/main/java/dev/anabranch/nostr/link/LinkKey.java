package dev.anabranch.nostr.link;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Objects;

/// A public key of either kind that a person may have.
///
/// @param kind what signs with it
/// @param hex 64 lowercase hexadecimal digits
public record LinkKey(Kind kind, String hex) implements Comparable<LinkKey> {

  /// What signs with a key.
  public enum Kind {
    /// BIP-340 on secp256k1: Nostr.
    NOSTR("nostr"),
    /// Ed25519 (RFC 8032): wallets and devices.
    ED25519("ed25519");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  public LinkKey {
    Objects.requireNonNull(kind, "kind");
    if (!Hex.isLower(hex, 64)) {
      throw new IllegalArgumentException("not 64 lowercase hexadecimal digits: " + hex);
    }
  }

  /// A key of Nostr.
  public static LinkKey of(PublicKey key) {
    return new LinkKey(Kind.NOSTR, key.hex());
  }

  /// A key of Ed25519, its 32 bytes.
  public static LinkKey ofEd25519(byte[] key) {
    return new LinkKey(Kind.ED25519, Hex.of(key));
  }

  /// The key that `nostr:<hex>` or `ed25519:<hex>` spells.
  ///
  /// @throws MalformedText when it spells none
  public static LinkKey parse(String text) {
    for (Kind kind : Kind.values()) {
      if (text.startsWith(kind.word + ":")
          && Hex.isLower(text.substring(kind.word.length() + 1), 64)) {
        return new LinkKey(kind, text.substring(kind.word.length() + 1));
      }
    }
    throw new MalformedText("a key is nostr: or ed25519: and 64 lowercase hexadecimal digits");
  }

  /// Its kind, a colon, its digits.
  public String text() {
    return kind.word + ":" + hex;
  }

  @Override
  public int compareTo(LinkKey other) {
    return text().compareTo(other.text());
  }

  @Override
  public String toString() {
    return text();
  }
}
