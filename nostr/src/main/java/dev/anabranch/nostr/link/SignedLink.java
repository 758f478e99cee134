package dev.anabranch.nostr.link;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A statement with its proofs.
///
/// A server accepts one once: it keeps the digest as long as the statement is fresh.
///
/// @param statement what is said
/// @param proofs of those who must sign, in any order
public record SignedLink(LinkStatement statement, List<LinkProof> proofs) {

  /// How old a statement may be, and how far ahead of the server's clock.
  public static final long AGE_SECONDS_MAX = 600;

  private static final int PROOFS_MAX = 2;

  public SignedLink {
    Objects.requireNonNull(statement, "statement");
    proofs = List.copyOf(proofs);
    if (proofs.size() > PROOFS_MAX) {
      throw new IllegalArgumentException(proofs.size() + " proofs");
    }
  }

  /// Why a server does not accept it; nothing when it does.
  ///
  /// @param server the host that clients reach it by
  public Optional<String> fault(String server, long nowSeconds) {
    if (!statement.server().equals(server)) {
      return Optional.of("the statement is meant for " + statement.server());
    }
    if (Math.abs(statement.atSeconds() - nowSeconds) > AGE_SECONDS_MAX) {
      return Optional.of("the statement is more than ten minutes from the server's time");
    }
    return isProved() ? Optional.empty() : Optional.of(missing());
  }

  private boolean isProved() {
    return statement.action() == LinkStatement.Action.UNLINK
        ? statement.signers().stream().anyMatch(this::isProvedBy)
        : statement.signers().stream().allMatch(this::isProvedBy);
  }

  private boolean isProvedBy(LinkKey key) {
    return proofs.stream().anyMatch(proof -> proof.isBy(key, statement));
  }

  private String missing() {
    return switch (statement.action()) {
      case LINK -> "a link is signed by both keys";
      case UNLINK -> "to unlink two keys, one of them signs";
      case REVOKE -> "to revoke the first key, the second signs";
    };
  }
}
