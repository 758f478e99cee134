package dev.anabranch.nostr.event;

import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import java.util.Objects;

/// An event's name: the SHA-256 of what it says (NIP-01). Ordered as its bytes are.
///
/// @param hex 64 lowercase hexadecimal digits
public record EventId(String hex) implements Comparable<EventId> {

  public EventId {
    Objects.requireNonNull(hex, "hex");
    if (!Hex.isLower(hex, 64)) {
      throw new IllegalArgumentException(
          "not 64 lowercase hexadecimal digits, but %d characters".formatted(hex.length()));
    }
  }

  /// The id that 32 bytes are.
  public static EventId of(byte[] bytes) {
    return new EventId(Hex.of(bytes));
  }

  /// The id of a peer's text.
  ///
  /// @throws MalformedText when it is not 64 lowercase hexadecimal digits
  public static EventId parse(String hex) {
    if (!Hex.isLower(hex, 64)) {
      throw new MalformedText("an event's id has 64 lowercase hexadecimal digits");
    }
    return new EventId(hex);
  }

  /// The 32 bytes.
  public byte[] bytes() {
    return Hex.bytes(hex);
  }

  @Override
  public int compareTo(EventId other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
