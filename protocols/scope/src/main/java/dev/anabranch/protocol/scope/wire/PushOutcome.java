package dev.anabranch.protocol.scope.wire;

import dev.anabranch.kernel.log.WriteKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one write of a push came to.
///
/// @param key `key`: the write's; null when it had none that could be read
/// @param repeated whether the key was seen before: `status` is then `duplicate` and the other
///   fields are the first outcome's
/// @param result what it came to (the first time)
public record PushOutcome(@Nullable WriteKey key, boolean repeated, Result result) {

  public PushOutcome {
    Objects.requireNonNull(result, "result");
  }

  /// The first time somebody writes this.
  public static PushOutcome first(@Nullable WriteKey key, Result result) {
    return new PushOutcome(key, false, result);
  }

  /// The word in `status`.
  public String status() {
    return repeated
        ? "duplicate"
        : switch (result) {
          case Applied ignored -> "applied";
          case Conflict ignored -> "conflict";
          case Refused ignored -> "refused";
        };
  }

  /// Whether the answer is no, for good or for a while.
  public boolean isRefused() {
    return result instanceof Refused;
  }

  /// What a write can come to. Which one a `duplicate` repeats is told by the fields that it has.
  public sealed interface Result {}

  /// It is in the log and on disk.
  ///
  /// @param syncId `syncId`: the change's id
  /// @param seq `seq`: its place in the scope
  /// @param version `version`: the entity's after it
  public record Applied(long syncId, long seq, long version) implements Result {}

  /// The entity has another version than the writer expected.
  ///
  /// @param current `current`: the entity as it stands; null = it never lived, or was left out
  /// @param leftOut `currentLeftOut`: true when the answer had no room for `current`, which is then
  ///   to be read with `GET /api/{model}/{id}`; absent = false
  public record Conflict(@Nullable SyncRecord current, boolean leftOut) implements Result {

    public Conflict {
      if (leftOut && current != null) {
        throw new IllegalArgumentException("left out and there");
      }
    }

    /// A conflict with an entity as it stands; null = it never lived.
    public static Conflict with(@Nullable SyncRecord current) {
      return new Conflict(current, false);
    }
  }

  /// The answer is no.
  ///
  /// @param code `error.code`: a [ScopeFault]'s, or one of a later version
  /// @param detail `error.detail`: a sentence
  public record Refused(String code, String detail) implements Result {

    public Refused {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(detail, "detail");
    }

    /// The answer is no, in these words.
    public static Refused of(Refusal refusal) {
      return new Refused(refusal.fault().code(), refusal.detail());
    }
  }
}
