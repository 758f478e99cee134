package dev.anabranch.protocol.nostr.server;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// What stands between the relay's own rules and the log.
///
/// @param writePolicy has the last word over an event
/// @param quota how much of one author is kept, as it is now
/// @param membership answers who wants to join or leave (NIP-43); empty = nobody does
public record NostrGuards(
    WritePolicy writePolicy, Supplier<NostrQuota> quota, Optional<Membership> membership) {

  /// Nothing does.
  public static final NostrGuards NONE =
      new NostrGuards(WritePolicy.NONE, NostrQuota.NONE, Optional.empty());

  /// With a quota that stays as it is.
  NostrGuards(WritePolicy writePolicy, NostrQuota quota, Optional<Membership> membership) {
    this(writePolicy, () -> quota, membership);
  }

  public NostrGuards {
    Objects.requireNonNull(writePolicy, "writePolicy");
    Objects.requireNonNull(quota, "quota");
    Objects.requireNonNull(membership, "membership");
  }
}
