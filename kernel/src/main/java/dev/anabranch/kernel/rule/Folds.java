package dev.anabranch.kernel.rule;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import org.jspecify.annotations.Nullable;

/// What every rule's fold has in common: times, version and place of the entity come from the
/// change.
final class Folds {

  private Folds() {}

  /// The version that a writer may expect: that of a living entity, 0 when there is none.
  static long livingVersion(@Nullable Entity current) {
    return current == null || current.deleted() ? 0 : current.version();
  }

  /// The fields of an insert: none when erased, `null` fields left out.
  static JsonObject fresh(@Nullable JsonObject data) {
    return data == null ? JsonObject.EMPTY : data.withoutNulls();
  }

  /// The entity alive after a change.
  static Entity living(
      @Nullable Entity current, Change change, JsonObject data, @Nullable Bytes body) {
    return living(current, change, data, body, null);
  }

  /// The entity alive after a change, with what its rule remembers.
  static Entity living(
      @Nullable Entity current,
      Change change,
      JsonObject data,
      @Nullable Bytes body,
      @Nullable JsonObject ruleState) {
    long createdAt =
        current == null || current.deleted() || change.action() == Action.INSERT
            ? change.at()
            : current.createdAt();
    return new Entity(
        change.entity(),
        change.version(),
        data,
        body,
        ruleState,
        false,
        createdAt,
        change.at(),
        change.id(),
        change.seq());
  }

  /// The entity gone after a change.
  static Entity tombstone(@Nullable Entity current, Change change) {
    return tombstone(current, change, null);
  }

  /// The entity gone after a change, with what its rule remembers.
  static Entity tombstone(@Nullable Entity current, Change change, @Nullable JsonObject ruleState) {
    return new Entity(
        change.entity(),
        change.version(),
        JsonObject.EMPTY,
        null,
        ruleState,
        true,
        current == null ? change.at() : current.createdAt(),
        change.at(),
        change.id(),
        change.seq());
  }
}
