package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What the author of a kind 5 wants deleted (NIP-09).
///
/// It holds for events that come later as well: a deleted id is refused for ever, an address up to
/// the deletion's time.
///
/// @param author whose events it concerns; of gift wraps, whom they are for
/// @param createdAtSeconds the latest version of an address that it concerns
/// @param ids of `e` tags
/// @param addresses of `a` tags, the author's own only
public record Deletion(
    PublicKey author, long createdAtSeconds, Set<EventId> ids, Set<Address> addresses) {

  public Deletion {
    Objects.requireNonNull(author, "author");
    ids = Collections.unmodifiableSet(new LinkedHashSet<>(ids));
    addresses = Collections.unmodifiableSet(new LinkedHashSet<>(addresses));
  }

  /// The deletion that an event is, if it is one; tags that name nothing are read over.
  public static Optional<Deletion> of(Event event) {
    if (event.kind() != Kinds.DELETION) {
      return Optional.empty();
    }
    Set<EventId> ids = new LinkedHashSet<>();
    event.tagValues("e").stream()
        .filter(id -> Hex.isLower(id, 64))
        .forEach(id -> ids.add(new EventId(id)));
    Set<Address> addresses = new LinkedHashSet<>();
    event.tagValues("a").stream()
        .flatMap(text -> Address.parse(text).stream())
        .filter(address -> address.author().equals(event.author()))
        .forEach(addresses::add);
    return Optional.of(new Deletion(event.author(), event.createdAtSeconds(), ids, addresses));
  }

  /// Whether an event is to go, or not to come. Deletions and requests to vanish stay.
  public boolean covers(Event event) {
    if (event.kind() == Kinds.DELETION || event.kind() == Kinds.VANISH) {
      return false;
    }
    return (ids.contains(event.id()) && isOwn(event)) || isVersionOfAddress(event);
  }

  private boolean isOwn(Event event) {
    return event.author().equals(author)
        || (event.kind() == Kinds.GIFT_WRAP && event.hasTag("p", author.hex()));
  }

  private boolean isVersionOfAddress(Event event) {
    return event.createdAtSeconds() <= createdAtSeconds
        && event.address().filter(addresses::contains).isPresent();
  }
}
