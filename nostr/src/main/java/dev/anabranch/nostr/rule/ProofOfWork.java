package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Work that was put into an event's id (NIP-13).
public final class ProofOfWork {

  private static final int BITS_MAX = 256;

  private ProofOfWork() {}

  /// The leading zero bits of an id.
  public static int bits(EventId id) {
    int bits = 0;
    for (int index = 0; index < id.hex().length(); index++) {
      int digit = Character.digit(id.hex().charAt(index), 16);
      if (digit != 0) {
        return bits + Integer.numberOfLeadingZeros(digit) - 28;
      }
      bits += 4;
    }
    return bits;
  }

  /// The bits that the author set out to reach, if the event says so; 0 when it says something that
  /// is no number.
  public static OptionalInt committedBits(Event event) {
    return event
        .tag("nonce")
        .map(nonce -> nonce.at(2))
        .filter(bits -> !bits.isEmpty())
        .map(bits -> OptionalInt.of(bits.matches("[0-9]{1,9}") ? Integer.parseInt(bits) : 0))
        .orElse(OptionalInt.empty());
  }

  /// Whether an event has the work that is demanded. Luck does not count: who set out for less and
  /// says so has not done it.
  public static boolean isEnough(Event event, int bitsMin) {
    return bits(event.id()) >= bitsMin && committedBits(event).orElse(BITS_MAX) >= bitsMin;
  }

  /// The event with a `nonce` that gives its id the bits; nothing when none of the tries does.
  ///
  /// @param first nonce to try
  /// @param tries how many
  public static Optional<UnsignedEvent> mine(
      UnsignedEvent event, int bits, long first, long tries) {
    for (long nonce = first; nonce < first + tries; nonce++) {
      UnsignedEvent candidate = withNonce(event, nonce, bits);
      if (bits(candidate.id()) >= bits) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static UnsignedEvent withNonce(UnsignedEvent event, long nonce, int bits) {
    List<Tag> tags = new ArrayList<>(event.tags());
    tags.removeIf(tag -> tag.is("nonce"));
    tags.add(Tag.of("nonce", Long.toString(nonce), Integer.toString(bits)));
    return new UnsignedEvent(
        event.author(), event.createdAtSeconds(), event.kind(), tags, event.content());
  }
}
