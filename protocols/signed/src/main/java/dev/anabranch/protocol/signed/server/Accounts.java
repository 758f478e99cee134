package dev.anabranch.protocol.signed.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.protocol.signed.wire.SignedMessage.LinkStatement;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/// Who keys are. Nothing here blocks; stages may complete on any thread, and fail only with a
/// [dev.anabranch.kernel.store.StoreFailure].
public interface Accounts {

  /// A key and whose it is.
  ///
  /// @param key the key
  /// @param principal whose it is; a key that was never linked is the principal of its own name
  /// @param also names of the principal's other keys, whose grants count as well
  record Account(PublicKey key, PrincipalId principal, Set<PrincipalId> also) {
    public Account {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(principal, "principal");
      also = Set.copyOf(also);
    }
  }

  /// What a change of keys came to.
  ///
  /// @param principal whose key it now is
  /// @param ended keys whose sessions must begin anew
  record Changed(PrincipalId principal, Set<PublicKey> ended) {
    public Changed {
      Objects.requireNonNull(principal, "principal");
      ended = Set.copyOf(ended);
    }
  }

  /// Whose a key is; refused as `UNAUTHENTICATED` when it was revoked.
  CompletionStage<Answer<Account>> of(PublicKey key);

  /// Whose several keys are; a revoked one stands for the principal that it named last.
  CompletionStage<Map<PublicKey, PrincipalId>> principalsOf(Set<PublicKey> keys);

  /// The further names of principals, whose grants count for them as well: those of their keys. A
  /// principal that has none is missing.
  CompletionStage<Map<PrincipalId, Set<PrincipalId>>> namesOf(Set<PrincipalId> principals);

  /// Makes the joining key one of the keeping key's principal; both signatures were checked.
  CompletionStage<Answer<Changed>> link(LinkStatement statement);

  /// Gives a key back to itself. A principal's first key may let go of any, every other of itself.
  CompletionStage<Answer<Changed>> unlink(Account by, PublicKey key);

  /// Ends a key for good, under the same rule.
  CompletionStage<Answer<Changed>> revoke(Account by, PublicKey key);
}
