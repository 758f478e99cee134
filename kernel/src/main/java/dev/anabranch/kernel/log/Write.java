package dev.anabranch.kernel.log;

import dev.anabranch.kernel.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A request for a change, not yet accepted.
///
/// @param key makes a retry harmless; unique per (scope, principal)
/// @param entity what is to change
/// @param action what is to happen to it
/// @param data new fields of an insert, changed fields of an update (`null` removes one); null for
///   delete and merge
/// @param body bytes in place of `data`: a CRDT update or a ciphertext; null otherwise
/// @param expectedVersion the version the writer last saw: 0 = does not live; null = whatever is
///   there
/// @param cause what the writer had done and seen; null when it keeps no count
/// @param hlc the writer's own stamp ([Hlc]); 0 = the server's
/// @param proof the signed event or frame that says so, byte for byte (K7), one byte at least; null
///   when there is none
/// @param barredBy entities of the rule `newest`: where one of them was deleted at this write's
///   stamp or later, or another one than the write's own lives, the write is refused
/// @param request what the key stands for where a gateway makes the data or body itself, and makes
///   other bytes of the same request a second time; null = the key stands for the write as it is
/// @param erases whose changes of the entity up to this one are blanked in the log, for good: empty
///   = everybody's, null = nobody's. For whoever owns the server or the scope; in a delete also for
///   anybody, of what they wrote themselves and the server took back for others
/// @param onlyNew whether it is for an entity that never was: where one is, or was deleted, nothing
///   is written, and the outcome is how that one stands
public record Write(
    WriteKey key,
    EntityKey entity,
    Action action,
    @Nullable JsonObject data,
    @Nullable Bytes body,
    @Nullable Long expectedVersion,
    @Nullable CausalClaim cause,
    long hlc,
    @Nullable Bytes proof,
    List<EntityKey> barredBy,
    @Nullable Bytes request,
    @Nullable Set<PrincipalId> erases,
    boolean onlyNew) {

  public Write {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(entity, "entity");
    Objects.requireNonNull(action, "action");
    barredBy = List.copyOf(barredBy);
    erases = erases == null ? null : Set.copyOf(erases);
    if (expectedVersion != null && expectedVersion < 0) {
      throw new IllegalArgumentException("expected version " + expectedVersion);
    }
    if (hlc < 0) {
      throw new IllegalArgumentException("hlc " + hlc);
    }
    if (proof != null && proof.size() == 0) {
      throw new IllegalArgumentException("an original that says nothing"); // reads as a lost one
    }
  }

  /// A write that nothing bars and whose key stands for what it says.
  public Write(
      WriteKey key,
      EntityKey entity,
      Action action,
      @Nullable JsonObject data,
      @Nullable Bytes body,
      @Nullable Long expectedVersion,
      @Nullable CausalClaim cause,
      long hlc,
      @Nullable Bytes proof) {
    this(
        key,
        entity,
        action,
        data,
        body,
        expectedVersion,
        cause,
        hlc,
        proof,
        List.of(),
        null,
        null,
        false);
  }

  /// An insert of these fields.
  public static Write insert(WriteKey key, EntityKey entity, JsonObject data) {
    return new Write(key, entity, Action.INSERT, data, null, null, null, 0, null);
  }

  /// An update by these changed fields.
  public static Write update(WriteKey key, EntityKey entity, JsonObject data) {
    return new Write(key, entity, Action.UPDATE, data, null, null, null, 0, null);
  }

  /// A delete.
  public static Write delete(WriteKey key, EntityKey entity) {
    return new Write(key, entity, Action.DELETE, null, null, null, null, 0, null);
  }

  /// A merge of these bytes.
  public static Write merge(WriteKey key, EntityKey entity, Bytes body) {
    return new Write(key, entity, Action.MERGE, null, body, null, null, 0, null);
  }

  /// This write, only if the entity still has that version; 0 = only if it does not live.
  public Write expecting(long version) {
    return with(parts -> parts.expectedVersion = version);
  }

  /// This write, with what its writer had done and seen.
  public Write causedBy(CausalClaim claim) {
    return with(parts -> parts.cause = claim);
  }

  /// This write, at the writer's own stamp.
  public Write at(long stamp) {
    return with(parts -> parts.hlc = stamp);
  }

  /// This write, with its proof.
  public Write provenBy(Bytes signed) {
    return with(parts -> parts.proof = signed);
  }

  /// This write, unless one of these was deleted at its stamp or later, or another one than its own
  /// lives: what is to be in one place only names the others.
  public Write barredBy(List<EntityKey> places) {
    return with(parts -> parts.barredBy = places);
  }

  /// This write, made of a request: the same request again under the same key is a retry, whatever
  /// is made of it then (K2).
  public Write madeOf(Bytes asked) {
    return with(parts -> parts.request = asked);
  }

  /// This write, and what was written of the entity before is blanked in the log.
  ///
  /// @param authors whose changes; empty = everybody's
  public Write erasing(Set<PrincipalId> authors) {
    return with(parts -> parts.erases = authors);
  }

  /// This write, only if the entity never was; else it changes nothing and is no conflict.
  public Write ifNew() {
    return with(parts -> parts.onlyNew = true);
  }

  private Write with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new Write(
        key,
        entity,
        action,
        data,
        body,
        parts.expectedVersion,
        parts.cause,
        parts.hlc,
        parts.proof,
        parts.barredBy,
        parts.request,
        parts.erases,
        parts.onlyNew);
  }

  /// What a copy may have otherwise.
  private static final class Parts {
    @Nullable Long expectedVersion;
    @Nullable CausalClaim cause;
    long hlc;
    @Nullable Bytes proof;
    List<EntityKey> barredBy;
    @Nullable Bytes request;
    @Nullable Set<PrincipalId> erases;
    boolean onlyNew;

    Parts(Write write) {
      expectedVersion = write.expectedVersion;
      cause = write.cause;
      hlc = write.hlc;
      proof = write.proof;
      barredBy = write.barredBy;
      request = write.request;
      erases = write.erases;
      onlyNew = write.onlyNew;
    }
  }
}
