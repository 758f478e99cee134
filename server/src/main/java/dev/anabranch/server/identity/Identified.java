package dev.anabranch.server.identity;

import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.log.PrincipalId;
import java.util.Objects;
import java.util.Optional;

/// Somebody who has proved who they are.
///
/// @param principal who
/// @param authority what the credential lets them do at most
/// @param tokenId the token they showed; empty on an open loopback
public record Identified(PrincipalId principal, Authority authority, Optional<String> tokenId) {

  /// Everybody on an open loopback.
  public static final Identified LOCAL =
      new Identified(new PrincipalId("local"), Authority.OWNER, Optional.empty());

  public Identified {
    Objects.requireNonNull(principal, "principal");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(tokenId, "tokenId");
  }
}
