package dev.anabranch.protocol.nostr.server;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What holds for events of some kinds, besides what holds for all.
///
/// @param kinds which; empty = all
/// @param writers who may publish them, in place of what holds for all; empty = the same
/// @param workBitsMin proof of work that one needs, in bits; the relay's own demand counts too
/// @param contentCharactersMax of one; the relay's own limit counts too
public record KindRule(
    List<KindRange> kinds,
    Optional<NostrAccess.Who> writers,
    int workBitsMin,
    int contentCharactersMax) {

  public KindRule {
    kinds = List.copyOf(kinds);
    Objects.requireNonNull(writers, "writers");
    if (workBitsMin < 0 || workBitsMin > 256 || contentCharactersMax < 0) {
      throw new IllegalArgumentException(workBitsMin + " bits, " + contentCharactersMax);
    }
  }

  /// Whether the rule speaks of a kind.
  public boolean holdsFor(int kind) {
    return KindRange.anyContains(kinds, kind);
  }
}
