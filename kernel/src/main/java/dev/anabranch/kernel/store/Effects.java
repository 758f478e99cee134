package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.WriteHash;
import java.util.List;

/// What a batch does to a store: all of it or nothing (K3).
///
/// @param headId the id of the last change afterwards
/// @param headHlc the greatest stamp afterwards
/// @param logged new changes by ascending id, each with the hash of its write
/// @param entities every changed entity as it stands afterwards, once each
/// @param remembered first answers that left no change behind: conflicts, refusals, no-ops
/// @param devices every counter that moved, as it stands afterwards
/// @param scopes every head that moved, as it stands afterwards
public record Effects(
    long headId,
    long headHlc,
    List<Logged> logged,
    List<Entity> entities,
    List<Remembered> remembered,
    List<DeviceState> devices,
    List<ScopeHead> scopes) {

  public Effects {
    logged = List.copyOf(logged);
    entities = List.copyOf(entities);
    remembered = List.copyOf(remembered);
    devices = List.copyOf(devices);
    scopes = List.copyOf(scopes);
  }

  /// Whether nothing has to be written at all.
  public boolean isEmpty() {
    return logged.isEmpty() && remembered.isEmpty();
  }

  /// A new change and the hash of the write it came from.
  public record Logged(Change change, WriteHash hash) {}
}
