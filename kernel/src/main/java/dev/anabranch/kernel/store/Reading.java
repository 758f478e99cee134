package dev.anabranch.kernel.store;

import dev.anabranch.kernel.log.Change;
import java.util.List;
import java.util.Objects;

/// What reading a scope's log after a cursor gives.
public sealed interface Reading {

  /// Some changes, in order and without a hole.
  ///
  /// @param afterSeq the seq that the cursor stood at: one less than the first change's
  /// @param changes bounded by count and bytes; empty when the reader has everything
  /// @param head the scope's head when the page was read
  record Page(long afterSeq, List<Change> changes, ScopeHead head) implements Reading {
    public Page {
      Objects.requireNonNull(head, "head");
      changes = List.copyOf(changes);
    }

    /// The seq up to which the reader has everything after this page.
    public long lastSeq() {
      return changes.isEmpty() ? afterSeq : changes.getLast().seq();
    }

    /// Whether there was nothing more behind this page.
    public boolean isUpToDate() {
      return lastSeq() >= head.seq();
    }
  }

  /// Start over from a snapshot.
  ///
  /// @param reason why
  record Refetch(RefetchReason reason) implements Reading {}
}
