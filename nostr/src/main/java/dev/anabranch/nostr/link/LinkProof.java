package dev.anabranch.nostr.link;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.text.Hex;
import java.util.List;

/// That a key's owner means a statement.
public sealed interface LinkProof {

  /// Whether this proves that a key's owner means a statement.
  boolean isBy(LinkKey key, LinkStatement statement);

  /// A signature of the statement's digest.
  ///
  /// @param hex 128 lowercase hexadecimal digits
  record OfDigest(String hex) implements LinkProof {

    public OfDigest {
      if (!Hex.isLower(hex, 128)) {
        throw new IllegalArgumentException("not 128 lowercase hexadecimal digits");
      }
    }

    @Override
    public boolean isBy(LinkKey key, LinkStatement statement) {
      return switch (key.kind()) {
        case NOSTR -> new Signature(hex).isBy(new PublicKey(key.hex()), statement.digest());
        case ED25519 -> Ed25519.verifies(Hex.bytes(key.hex()), statement.digest(), Hex.bytes(hex));
      };
    }
  }

  /// An event of kind 22242, never published, whose content is the statement and whose `challenge`
  /// is its digest.
  record OfEvent(Event event) implements LinkProof {

    @Override
    public boolean isBy(LinkKey key, LinkStatement statement) {
      return key.equals(LinkKey.of(event.author()))
          && event.kind() == Kinds.CLIENT_AUTHENTICATION
          && event.content().equals(statement.text())
          && event.tagValues("challenge").equals(List.of(Hex.of(statement.digest())))
          && Verification.of(event) instanceof Verification.Verified;
    }

    /// What a signer of events is asked to sign.
    public static UnsignedEvent toSign(PublicKey key, LinkStatement statement) {
      return new UnsignedEvent(
          key,
          statement.atSeconds(),
          Kinds.CLIENT_AUTHENTICATION,
          List.of(Tag.of("challenge", Hex.of(statement.digest()))),
          statement.text());
    }
  }
}
