package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.WriteHash;
import dev.anabranch.kernel.mark.Marked;
import java.util.List;
import java.util.Set;

/// What a batch does to a store: all of it or nothing (K3).
///
/// @param headId the id of the last change afterwards
/// @param headHlc the greatest stamp afterwards
/// @param logged new changes by ascending id, each with the hash of its write
/// @param entities every changed entity as it stands afterwards, once each
/// @param remembered first answers that left no change behind: conflicts, refusals, no-ops
/// @param devices every counter that moved, as it stands afterwards
/// @param scopes every head that moved, as it stands afterwards
/// @param marked new changes that can be found afterwards, by ascending id
/// @param unmarked ids of changes that can no longer be found, for a newer one took their place
/// @param erased what is blanked in the log
public record Effects(
    long headId,
    long headHlc,
    List<Logged> logged,
    List<Entity> entities,
    List<Remembered> remembered,
    List<DeviceState> devices,
    List<ScopeHead> scopes,
    List<Marked> marked,
    List<Long> unmarked,
    List<Erasure> erased) {

  public Effects {
    logged = List.copyOf(logged);
    entities = List.copyOf(entities);
    remembered = List.copyOf(remembered);
    devices = List.copyOf(devices);
    scopes = List.copyOf(scopes);
    marked = List.copyOf(marked);
    unmarked = List.copyOf(unmarked);
    erased = List.copyOf(erased);
  }

  /// Effects that mark and erase nothing.
  public Effects(
      long headId,
      long headHlc,
      List<Logged> logged,
      List<Entity> entities,
      List<Remembered> remembered,
      List<DeviceState> devices,
      List<ScopeHead> scopes) {
    this(
        headId,
        headHlc,
        logged,
        entities,
        remembered,
        devices,
        scopes,
        List.of(),
        List.of(),
        List.of());
  }

  /// Whether nothing has to be written at all.
  public boolean isEmpty() {
    return logged.isEmpty() && remembered.isEmpty() && erased.isEmpty();
  }

  /// Data, body and proof of an entity's changes are blanked, from one back to the first.
  ///
  /// @param seq the last of them
  /// @param authors only what these wrote; empty = what anybody did
  public record Erasure(EntityKey entity, long seq, Set<PrincipalId> authors) {
    public Erasure {
      authors = Set.copyOf(authors);
    }

    /// Whether a change of the entity up to the last one is blanked.
    public boolean isOf(PrincipalId author) {
      return authors.isEmpty() || authors.contains(author);
    }
  }

  /// A new change and the hash of the write it came from.
  public record Logged(Change change, WriteHash hash) {}
}
