package dev.anabranch.protocol.nostr.server;

import java.net.URI;
import java.util.List;
import java.util.Objects;

/// On which terms the relay takes and shows events: what the configuration says, and in its place
/// what administrators changed of it ([PolicySettings]).
///
/// @param access who may write and read; of members, bans and kinds what is configured
/// @param limits what a client can cost
/// @param quota how much of one author is kept
/// @param directories who else names members (NIP-05), as addresses of `nostr.json`
public record RelayTerms(
    NostrAccess access, NostrLimits limits, NostrQuota quota, List<URI> directories) {

  public RelayTerms {
    Objects.requireNonNull(access, "access");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(quota, "quota");
    directories = List.copyOf(directories);
  }

  /// With the usual limits and without a quota.
  static RelayTerms of(NostrAccess access) {
    return new RelayTerms(access, NostrLimits.DEFAULT, NostrQuota.NONE, List.of());
  }
}
