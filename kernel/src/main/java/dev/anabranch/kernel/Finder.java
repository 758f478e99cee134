package dev.anabranch.kernel;

import dev.anabranch.kernel.mark.Found;
import dev.anabranch.kernel.mark.FoundPage;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.mark.Spot;
import dev.anabranch.kernel.store.PageLimit;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The index over signed originals: stored ones by search, new ones as they are committed.
///
/// It knows no rights: the gateway that asks decides who may see what (Nostr has its own rule, the
/// same wherever an event is read). Stages complete on a thread of the kernel's own, exceptionally
/// only with [dev.anabranch.kernel.store.StoreFailure].
public interface Finder {

  /// One slice of a search, newest first; bounded work, whatever the search.
  ///
  /// @param after behind this place; null = from the newest
  CompletionStage<FoundPage> find(Search search, @Nullable Spot after, PageLimit limit);

  /// Marked changes with an id above one, in the order of their ids.
  CompletionStage<List<Found>> findAfter(long afterId, PageLimit limit);

  /// Marked changes that expired at a time or before, in no particular order.
  CompletionStage<List<Found>> expired(long time, PageLimit limit);

  /// The id of the last marked change that is on disk; 0 = there is none. Whoever has an answer to
  /// a write finds the write's change up to here. Does not block.
  long lastMarkedId();

  /// Tells every batch's new marked changes, in the order of their ids, once they are on disk and
  /// their writers answered; on the thread that tells, which the writer may be waiting for: a
  /// listener only takes note.
  ///
  /// A batch that was committed while the store broke may be left out: the listener then hears
  /// [FinderListener#doubt].
  void listen(FinderListener listener);

  /// Who hears of new marked changes.
  interface FinderListener {

    /// These were committed.
    void committed(List<Marked> marked);

    /// The store was opened again: what was committed meanwhile must be read.
    void doubt();
  }
}
