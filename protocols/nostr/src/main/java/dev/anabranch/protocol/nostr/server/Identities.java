package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.key.PublicKey;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Whose keys are. Stages may complete on any thread, exceptionally only with a
/// [dev.anabranch.kernel.store.StoreFailure].
@FunctionalInterface
public interface Identities {

  /// Every key is the principal of its own name.
  Identities PLAIN =
      key ->
          CompletableFuture.completedFuture(
              new Answer.Given<>(new Identity(new PrincipalId(key.hex()), Set.of())));

  /// Who a key is.
  ///
  /// @param principal whose it is
  /// @param also names of the principal's other keys, whose grants count as well
  record Identity(PrincipalId principal, Set<PrincipalId> also) {
    public Identity {
      Objects.requireNonNull(principal, "principal");
      also = Set.copyOf(also);
    }

    /// Whoever it is, with the rights that the grants give.
    Caller reader() {
      return new Caller(principal, Authority.GRANTED, NostrGateway.ORIGIN, also);
    }

    /// Whether the principal goes by a name.
    boolean isCalled(String name) {
      return principal.text().equals(name) || also.contains(new PrincipalId(name));
    }
  }

  /// Whose a key is; refused as `UNAUTHENTICATED` when it was revoked.
  CompletionStage<Answer<Identity>> of(PublicKey key);

  /// Whom a key names: whose it is or, when it was revoked, was last. Where keys are not linked
  /// that is itself.
  default CompletionStage<Identity> named(PublicKey key) {
    return CompletableFuture.completedFuture(new Identity(new PrincipalId(key.hex()), Set.of()));
  }
}
