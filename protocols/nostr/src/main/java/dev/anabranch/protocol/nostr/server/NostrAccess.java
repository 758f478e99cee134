package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.PublicKey;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Who may write and read, beyond what every relay must ask.
///
/// @param writers who may publish
/// @param readers who may subscribe; private kinds are for their parties whatever this says
/// @param members those who are listed
/// @param banned those whose events are neither taken nor shown, whoever brings them
/// @param bannedEvents ids that are neither taken nor shown
/// @param bannedEntities what events have in common that show an entity of which one is banned
///   ([Places#shownBy]): none of them is shown
/// @param kinds only these kinds are taken; empty = all
/// @param bannedKinds these are not
/// @param rules the first that speaks of an event's kind holds for it
/// @param allowed only these addresses may come in; none = all
/// @param blocked and of those, these may not
public record NostrAccess(
    Who writers,
    Who readers,
    Set<PublicKey> members,
    Set<PublicKey> banned,
    Set<String> bannedEvents,
    Set<String> bannedEntities,
    Set<Integer> kinds,
    Set<Integer> bannedKinds,
    List<KindRule> rules,
    AddressSet allowed,
    AddressSet blocked) {

  /// Whom something is open to.
  public enum Who {
    /// Everybody.
    ANYONE,
    /// Everybody who authenticated a key.
    AUTHENTICATED,
    /// The members.
    MEMBERS
  }

  /// Open to everybody.
  public static final NostrAccess OPEN =
      new NostrAccess(
          Who.ANYONE,
          Who.ANYONE,
          Set.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          List.of(),
          AddressSet.NONE,
          AddressSet.NONE);

  public NostrAccess {
    Objects.requireNonNull(writers, "writers");
    Objects.requireNonNull(readers, "readers");
    Objects.requireNonNull(allowed, "allowed");
    Objects.requireNonNull(blocked, "blocked");
    members = Set.copyOf(members);
    banned = Set.copyOf(banned);
    bannedEvents = Set.copyOf(bannedEvents);
    bannedEntities = Set.copyOf(bannedEntities);
    kinds = Set.copyOf(kinds);
    bannedKinds = Set.copyOf(bannedKinds);
    rules = List.copyOf(rules);
  }

  /// With more members.
  NostrAccess withMembers(Set<PublicKey> more) {
    Set<PublicKey> all = new HashSet<>(members);
    all.addAll(more);
    return new NostrAccess(
        writers,
        readers,
        all,
        banned,
        bannedEvents,
        bannedEntities,
        kinds,
        bannedKinds,
        rules,
        allowed,
        blocked);
  }

  /// The rule of a kind, if one speaks of it.
  public Optional<KindRule> rule(int kind) {
    return rules.stream().filter(rule -> rule.holdsFor(kind)).findFirst();
  }

  /// Whether nobody is to see an event.
  boolean hides(Event event) {
    return (!banned.isEmpty() && banned.contains(event.author()))
        || (!bannedEvents.isEmpty() && bannedEvents.contains(event.id().hex()))
        || (!bannedEntities.isEmpty()
            && Places.shownBy(event).filter(bannedEntities::contains).isPresent());
  }

  /// Whether one of these keys is a member's.
  boolean hasMember(Set<PublicKey> keys) {
    return keys.stream().anyMatch(key -> members.contains(key) && !banned.contains(key));
  }
}
