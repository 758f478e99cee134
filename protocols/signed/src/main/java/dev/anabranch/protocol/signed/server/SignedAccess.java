package dev.anabranch.protocol.signed.server;

import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Hex;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// Who may come in.
///
/// @param who whom it is open to
/// @param members keys of members; a key that is linked to one is a member's, too
/// @param banned keys that may not come in, nor those of a principal that bears such a key's name
/// @param allMembersKnown whether every place that names members was read
public record SignedAccess(
    Who who, Set<PublicKey> members, Set<PublicKey> banned, boolean allMembersKnown) {

  /// Whom something is open to.
  public enum Who {
    /// Everybody.
    ANYONE,
    /// Everybody who proved a key, which everybody did here.
    AUTHENTICATED,
    /// The members; besides them whoever holds a grant, in the scopes where it is.
    MEMBERS
  }

  /// As what somebody comes in.
  public enum Entry {
    /// Not at all.
    BANNED,
    /// Not yet: other places name members, and have not been read so far.
    UNKNOWN,
    /// Into the scopes that were shared with them; they found none.
    GUEST,
    /// As one who belongs here.
    MEMBER
  }

  /// Open to everybody.
  public static final SignedAccess OPEN = new SignedAccess(Who.ANYONE, Set.of(), Set.of(), true);

  public SignedAccess {
    Objects.requireNonNull(who, "who");
    members = Set.copyOf(members);
    banned = Set.copyOf(banned);
  }

  /// As what somebody comes in now.
  Entry of(Accounts.Account account) {
    if (banned.contains(account.key())
        || keys(account.principal().text()).anyMatch(banned::contains)) {
      return Entry.BANNED;
    }
    if (who != Who.MEMBERS || hasMember(account)) {
      return Entry.MEMBER;
    }
    return allMembersKnown ? Entry.GUEST : Entry.UNKNOWN;
  }

  private boolean hasMember(Accounts.Account account) {
    Stream<PublicKey> linked =
        Stream.concat(Stream.of(account.principal()), account.also().stream())
            .flatMap(name -> keys(name.text()));
    return Stream.concat(Stream.of(account.key()), linked)
        .anyMatch(key -> members.contains(key) && !banned.contains(key));
  }

  private static Stream<PublicKey> keys(String name) {
    return Hex.isLower(name, 64) ? Stream.of(new PublicKey(name)) : Stream.empty();
  }
}
