package dev.anabranch.client.replica;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.EntityKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the user sees: known entity + pending writes in order, as the rule `versioned` would apply
/// them.
///
/// The same three sentences as the server's: an insert on a living entity is an update; an update
/// or delete of an absent one does nothing (the server will refuse it); `null` removes a field. A
/// merge makes a document that is not there; what is in it is no matter of fields. A write whose
/// change is already in the known entity is not laid over it a second time, so nothing flickers
/// between the answer and the echo.
public final class Overlay {

  private Overlay() {}

  /// The entity as it is shown; null = it is not there.
  ///
  /// @param pending this device's writes of that entity, in their order
  public static @Nullable EntityView view(
      EntityKey key, @Nullable KnownEntity known, List<QueuedWrite> pending) {
    JsonObject data = known == null ? null : known.data();
    long version = known == null ? 0 : known.version();
    int laid = 0;
    long last = 0;
    for (QueuedWrite write : pending) {
      if (contains(known, write)) {
        continue;
      }
      if (data != null || makes(write.draft().action())) {
        data = apply(data, write.draft());
        version++;
        laid++;
        last = write.number();
      }
    }
    if (data == null) {
      return null;
    }
    return known == null
        ? new EntityView(key, data, version, 0, 0, 0, laid, last)
        : new EntityView(
            key, data, version, known.syncId(), known.createdAt(), known.updatedAt(), laid, last);
  }

  /// Fields with writes laid over them; null = the entity is not there.
  public static @Nullable JsonObject laid(@Nullable JsonObject fields, List<QueuedWrite> writes) {
    JsonObject data = fields;
    for (QueuedWrite write : writes) {
      if (data != null || makes(write.draft().action())) {
        data = apply(data, write.draft());
      }
    }
    return data;
  }

  /// Whether what the server told has what came of a write.
  public static boolean contains(@Nullable KnownEntity known, QueuedWrite write) {
    return write.decided()
        || (known != null && write.isAccepted() && write.acceptedId() <= known.syncId());
  }

  private static boolean makes(Action action) {
    return action == Action.INSERT || action == Action.MERGE;
  }

  private static @Nullable JsonObject apply(@Nullable JsonObject before, Draft draft) {
    JsonObject data = draft.data();
    return switch (draft.action()) {
      case MERGE -> before == null ? JsonObject.EMPTY : before;
      case INSERT, UPDATE ->
          before == null
              ? Objects.requireNonNull(data).withoutNulls()
              : before.patchedBy(Objects.requireNonNull(data));
      case DELETE -> null;
    };
  }
}
