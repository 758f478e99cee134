package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Remembered;
import java.util.List;

/// What must be asked of the database because the cache cannot say; every scope and principal in it
/// has a number.
///
/// @param keys whose first answers
/// @param alsoWithoutChange whether an answer may have been kept that left no change behind; when
///   not, only the log need be asked
/// @param entities which entities
/// @param devices whose counts
public record Lookup(
    List<Remembered.Name> keys,
    boolean alsoWithoutChange,
    List<EntityKey> entities,
    List<Needs.DeviceName> devices) {

  /// Only the head.
  public static final Lookup NOTHING = new Lookup(List.of(), false, List.of(), List.of());
}
