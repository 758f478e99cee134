package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import java.util.Set;

/// Which events only some may see: messages between two (NIP-04), seals and gift wraps (NIP-59).
///
/// The rule holds wherever an event could show: stored, live, counted, reconciled, searched.
public final class Confidential {

  /// The kinds that not everybody may see.
  public static final Set<Integer> KINDS =
      Set.of(Kinds.ENCRYPTED_MESSAGE, Kinds.SEAL, Kinds.GIFT_WRAP, Kinds.EPHEMERAL_GIFT_WRAP);

  private Confidential() {}

  /// Whether an event is one that not everybody may see.
  public static boolean isOf(Event event) {
    return KINDS.contains(event.kind());
  }

  /// Whether somebody who proved to own these keys may see an event.
  public static boolean mayRead(Event event, Set<PublicKey> keys) {
    return switch (event.kind()) {
      case Kinds.ENCRYPTED_MESSAGE -> keys.contains(event.author()) || isAddressed(event, keys);
      case Kinds.SEAL -> keys.contains(event.author());
      case Kinds.GIFT_WRAP, Kinds.EPHEMERAL_GIFT_WRAP -> isAddressed(event, keys);
      default -> true;
    };
  }

  private static boolean isAddressed(Event event, Set<PublicKey> keys) {
    return !keys.isEmpty()
        && event.tags().stream()
            .filter(tag -> tag.is("p") && Hex.isLower(tag.value(), 64))
            .anyMatch(tag -> keys.contains(new PublicKey(tag.value())));
  }

  /// Whether a filter asks for such kinds and nothing else, so that whoever asks must say who it
  /// is.
  public static boolean asksOnlyFor(Filter filter) {
    Set<Integer> kinds = filter.kinds();
    return kinds != null && !kinds.isEmpty() && KINDS.containsAll(kinds);
  }
}
