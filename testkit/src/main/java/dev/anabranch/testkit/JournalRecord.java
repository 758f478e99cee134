package dev.anabranch.testkit;

import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.store.Credential;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.ScopeHead;
import java.util.List;

/// What a [MemoryStore] writes down; replayed in order, the records make its state.
sealed interface JournalRecord {

  /// A batch.
  record Committed(Effects effects) implements JournalRecord {}

  /// A scope's floor was raised.
  ///
  /// @param head the scope's head afterwards
  /// @param moved the floor's entities that changed, as they stand at the new floor
  record FloorRaised(ScopeHead head, List<Entity> moved) implements JournalRecord {
    public FloorRaised {
      moved = List.copyOf(moved);
    }
  }

  /// A credential was added or replaced.
  record CredentialKept(Credential credential) implements JournalRecord {}

  /// The disk was restored from a backup of it.
  ///
  /// @param epoch the epoch that begins
  /// @param restoredId the id of the last change of the backup
  record Restored(long epoch, long restoredId) implements JournalRecord {}
}
