package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import java.util.List;

/// What must be asked of the database because the cache cannot say; every scope and principal in it
/// has a number.
///
/// @param keys whose first answers
/// @param inLog whether the log is asked for them
/// @param inAnswers whether the answers are asked for them that left no change behind
/// @param entities which entities
/// @param devices whose counts
public record Lookup(
    List<Remembered.Name> keys,
    boolean inLog,
    boolean inAnswers,
    List<EntityKey> entities,
    List<Needs.DeviceName> devices) {

  /// Only the head.
  public static final Lookup NOTHING = new Lookup(List.of(), false, false, List.of(), List.of());
}
