package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.key.PublicKey;
import java.util.Objects;
import java.util.Set;

/// Who may write and read, beyond what every relay must ask.
///
/// @param writers who may publish
/// @param readers who may subscribe; private kinds are for their parties whatever this says
/// @param members those who are listed
/// @param banned those whose events are not taken, whoever brings them
/// @param bannedEvents ids that are not taken
/// @param kinds only these kinds are taken; empty = all
/// @param bannedKinds these are not
public record NostrAccess(
    Who writers,
    Who readers,
    Set<PublicKey> members,
    Set<PublicKey> banned,
    Set<String> bannedEvents,
    Set<Integer> kinds,
    Set<Integer> bannedKinds) {

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
      new NostrAccess(Who.ANYONE, Who.ANYONE, Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  public NostrAccess {
    Objects.requireNonNull(writers, "writers");
    Objects.requireNonNull(readers, "readers");
    members = Set.copyOf(members);
    banned = Set.copyOf(banned);
    bannedEvents = Set.copyOf(bannedEvents);
    kinds = Set.copyOf(kinds);
    bannedKinds = Set.copyOf(bannedKinds);
  }
}
