package dev.anabranch.nostr.event;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import java.util.Objects;
import java.util.Optional;

/// The place that a replaceable or addressable event takes, as `a` tags spell it (NIP-01).
///
/// @param kind replaceable or addressable
/// @param author whose
/// @param identifier value of the `d` tag; empty when it has none, and always when replaceable
public record Address(int kind, PublicKey author, String identifier) {

  public Address {
    Objects.requireNonNull(author, "author");
    Objects.requireNonNull(identifier, "identifier");
    if (!isAddressed(kind)) {
      throw new IllegalArgumentException("kind " + kind + " has no address");
    }
    if (!identifier.isEmpty() && !hasIdentifier(kind)) {
      throw new IllegalArgumentException("an identifier, and kind " + kind + " has none");
    }
  }

  /// The address that `<kind>:<author>:<identifier>` spells, if it spells one.
  public static Optional<Address> parse(String text) {
    String[] parts = text.split(":", 3);
    if (parts.length < 3 || !parts[0].matches("0|[1-9][0-9]{0,4}") || !Hex.isLower(parts[1], 64)) {
      return Optional.empty();
    }
    int kind = Integer.parseInt(parts[0]);
    return isAddressed(kind) && (parts[2].isEmpty() || hasIdentifier(kind))
        ? Optional.of(new Address(kind, new PublicKey(parts[1]), parts[2]))
        : Optional.empty();
  }

  private static boolean isAddressed(int kind) {
    return kind >= 0 && kind <= KindClass.KIND_MAX && KindClass.of(kind).keepsNewest();
  }

  private static boolean hasIdentifier(int kind) {
    return KindClass.of(kind) == KindClass.ADDRESSABLE;
  }

  /// As `a` tags spell it.
  public String text() {
    return kind + ":" + author + ":" + identifier;
  }
}
