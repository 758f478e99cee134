package dev.anabranch.kernel.log;

import dev.anabranch.kernel.json.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One accepted write: the only thing the log holds; immutable.
///
/// @param id unique and increasing over the whole server in commit order (K1); seed 002's
///   `lastSyncId`
/// @param seq its place in the scope: 1, 2, 3… without a hole (K1); seed 003's `sequenceNumber`
/// @param entity what changed
/// @param action what happened to it
/// @param version the entity's version after it: 1, 2, 3…
/// @param data new or changed fields; null for a delete, a merge and when erased
/// @param body bytes in place of `data`; null otherwise and when erased
/// @param key the writer's key
/// @param author who wrote it
/// @param cause what the writer had done and seen
/// @param hlc hybrid logical time ([Hlc])
/// @param prior the seq of the entity's change before this one; 0 = none
/// @param proof the signed original, byte for byte (K7); null when there was none, empty when the
///   store has it and cannot read it any more ([#isProofLost])
/// @param origin the gateway it came through, such as `scope`
/// @param at server time of the commit, in milliseconds since 1970
/// @param erased whether data, body and proof were blanked later (NIP-09, NIP-62, data protection)
public record Change(
    long id,
    long seq,
    EntityKey entity,
    Action action,
    long version,
    @Nullable JsonObject data,
    @Nullable Bytes body,
    WriteKey key,
    PrincipalId author,
    Cause cause,
    long hlc,
    long prior,
    @Nullable Bytes proof,
    String origin,
    long at,
    boolean erased) {

  public Change {
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(author, "author");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(origin, "origin");
    if (id < 1 || seq < 1 || version < 1 || prior < 0 || prior >= seq) {
      throw new IllegalArgumentException(
          "id " + id + ", seq " + seq + ", version " + version + ", prior " + prior);
    }
  }

  /// The scope it belongs to.
  public ScopeName scope() {
    return entity.scope();
  }

  /// Whether its original is damaged: there was one, and only a backup still has it.
  public boolean isProofLost() {
    return proof != null && proof.size() == 0;
  }

  /// This change without its content: what stays of it after an erasure.
  public Change blanked() {
    return new Change(
        id, seq, entity, action, version, null, null, key, author, cause, hlc, prior, null, origin,
        at, true);
  }

  /// About how many bytes it takes on a wire or in a queue, its proof with it.
  public int approximateBytes() {
    return 200
        + (data == null ? 0 : data.text().length())
        + (body == null ? 0 : body.size() * 4 / 3)
        + (proof == null ? 0 : proof.size())
        + entity.id().text().length();
  }
}
