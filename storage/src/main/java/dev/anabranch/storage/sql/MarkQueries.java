package dev.anabranch.storage.sql;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one database does in its own way to find marked changes.
public interface MarkQueries {

  /// From how many on the marks that wait are sorted into their file; 0 = none waits, and there is
  /// no such file. Where each page that a batch touches is written as a whole, batch by batch would
  /// be most of what an event costs.
  default int waitingMax() {
    return 0;
  }

  /// The rows of those that wait; null = none waits.
  default @Nullable WaitingBatches waiting() {
    return null;
  }

  /// How long, in milliseconds, a mark waits at the most while others do not come.
  default long waitingMillisMax() {
    return 0;
  }

  /// Whether the entity of a marked change may have a bare row ([BareRow]).
  default boolean hasBareRows() {
    return false;
  }

  /// Inserts a mark's words: its id, then the words separated by blanks.
  String insertWords();

  /// Deletes the words of an id.
  String dropWords();

  /// The first rows of some ranges, each in the order of the index.
  ///
  /// @param ranges their keys, all of the same kind
  /// @param rowsMax for each of them
  /// @return for each range its rows
  List<List<MarkRow>> first(Session session, List<MarkRange> ranges, MarkWindow window, int rowsMax)
      throws SQLException;

  /// The first rows by some authors in a range, as long as they stand among its first `scannedMax`:
  /// one walk, where [#first] takes one for each author.
  ///
  /// @param range of all authors
  /// @return in the order of the index; fewer than `rowsMax` when these are not all that there is,
  ///   and none where [#first] costs no more
  default List<MarkRow> ofAuthors(
      Session session,
      MarkRange range,
      Collection<Long> authors,
      MarkWindow window,
      int scannedMax,
      int rowsMax)
      throws SQLException {
    return List.of();
  }

  /// Whether fewer marks than so many have a word; more are not looked at.
  boolean isRare(Session session, String word, int marksMin) throws SQLException;

  /// The first rows of the marks that have all words, in the order of the index. All that have the
  /// rarest of them are looked at.
  List<MarkRow> withWords(Session session, List<String> words, MarkWindow window, int rowsMax)
      throws SQLException;

  /// Those of some ids whose marks have all words.
  Set<Long> having(Session session, List<String> words, List<Long> ids) throws SQLException;

  /// Those of some ids that are marked.
  Set<Long> marked(Session session, List<Long> ids) throws SQLException;

  /// The originals of some ids, in the order of the ids.
  List<MarkProof> proofs(Session session, List<Long> ids) throws SQLException;
}
