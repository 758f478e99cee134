package dev.anabranch.storage.sql;

import dev.anabranch.kernel.mark.Search;
import dev.anabranch.kernel.store.StoreFailure;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/// What the newest batches did to marks and the file of marks does not have yet
/// (docs/decisions/0098): one row for each batch. A transaction that reads them first and that file
/// then sees each mark once.
///
/// @param marks those that wait, in the order in which they came
/// @param gone those that the file has still, though they are gone
/// @param sorted up to which batch the file has everything; 0 = none
/// @param upTo the last batch that did something to marks; 0 = none did
/// @param held whether a row holds anything, be it in the file by now
record WaitingMarks(List<WaitingMark> marks, Set<Long> gone, long sorted, long upTo, boolean held) {

  static final WaitingMarks NONE = new WaitingMarks(List.of(), Set.of(), 0, 0, false);

  private static final int ATTEMPTS_MAX = 1000;
  private static final String ROWS = "select id, marks, gone from mark_waiting order by id";
  private static final String SORTED = "select up_to from sorted";
  private static final Comparator<MarkRow> ORDER = Comparator.comparing(MarkRow::spot);

  /// Reads them, as the first thing in a transaction.
  ///
  /// Where the file got ahead of what the transaction sees of the log, for a batch was committed
  /// and sorted in between the two, the transaction begins again.
  static WaitingMarks read(Session session) throws SQLException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      List<Row> rows = rows(session);
      long sorted = sortedUpTo(session);
      long last = rows.isEmpty() ? 0 : rows.getLast().batch();
      if (sorted <= last) {
        return of(rows, sorted);
      }
      session.connection().rollback();
    }
    throw new StoreFailure(
        StoreFailure.Kind.BUSY, "the file of marks was ahead " + ATTEMPTS_MAX + " times");
  }

  /// Whether the file of marks has everything; what came and went while it waited counts, too.
  boolean isSortedIn() {
    return upTo == sorted;
  }

  /// Everything in a file that has its marks in it.
  static WaitingMarks all(Session session) throws SQLException {
    return of(rows(session), 0);
  }

  /// The last batch that the file of marks has.
  private static long sortedUpTo(Session session) throws SQLException {
    return Objects.requireNonNull(session.first(SORTED, row -> row.getLong(1)));
  }

  /// A row of the table; without marks and ids for a batch that was sorted in.
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Row(long batch, byte[] marks, byte[] gone) {}

  private static List<Row> rows(Session session) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (ResultSet row = session.prepare(ROWS).executeQuery()) {
      while (row.next()) {
        rows.add(new Row(row.getLong(1), row.getBytes(2), row.getBytes(3)));
      }
    }
    return rows;
  }

  private static WaitingMarks of(List<Row> rows, long sorted) {
    List<WaitingMark> marks = new ArrayList<>();
    Set<Long> gone = new HashSet<>();
    long last = 0;
    boolean held = false;
    for (Row row : rows) {
      last = row.batch();
      held |= row.marks().length + row.gone().length > 0;
      if (last > sorted) {
        WaitingMark.decode(row.marks(), marks);
        decode(row.gone(), gone);
      }
    }
    if (!gone.isEmpty()) {
      marks.removeIf(mark -> gone.remove(mark.id()));
    }
    return new WaitingMarks(marks, gone, sorted, last, held);
  }

  /// Ids as they stand in a row.
  static byte[] encode(Collection<Long> ids) {
    ByteBuffer bytes = ByteBuffer.allocate(ids.size() * Long.BYTES);
    ids.forEach(bytes::putLong);
    return bytes.array();
  }

  private static void decode(byte[] ids, Set<Long> into) {
    for (ByteBuffer left = ByteBuffer.wrap(ids); left.hasRemaining(); ) {
      into.add(left.getLong());
    }
  }

  /// Those that a search is for, apart from its words, in the order of the index.
  List<MarkRow> wanted(Search search, MarkWindow window) {
    return marks.isEmpty() ? List.of() : rows(isWanted(search, window));
  }

  /// Those that a search with words is for, in the order of the index.
  List<MarkRow> withWords(Search search, MarkWindow window) {
    return rows(isWanted(search, window).and(mark -> mark.hasWords(search.words())));
  }

  private static Predicate<WaitingMark> isWanted(Search search, MarkWindow window) {
    Set<Long> ties = new HashSet<>(search.ties());
    Set<Long> authors = new HashSet<>(search.authors());
    Set<Integer> kinds = new HashSet<>(search.kinds());
    Set<Long> tags = new HashSet<>(search.tags());
    return mark -> {
      MarkRow row = mark.row();
      return window.holds(row.spot())
          && (ties.isEmpty() || ties.contains(row.spot().tie()))
          && (kinds.isEmpty() || kinds.contains(row.kind()))
          && (authors.isEmpty() || authors.contains(row.author()))
          && (tags.isEmpty() || mark.hasTagOf(tags));
    };
  }

  private List<MarkRow> rows(Predicate<WaitingMark> wanted) {
    return marks.stream().filter(wanted).map(WaitingMark::row).sorted(ORDER).toList();
  }

  /// Those of some ids whose marks have all words.
  List<Long> having(List<String> words, Set<Long> ids) {
    return marks.stream()
        .filter(mark -> ids.contains(mark.id()) && mark.hasWords(words))
        .map(WaitingMark::id)
        .toList();
  }

  /// Those behind an id, in the order of their ids.
  List<MarkRow> after(long id, int countMax) {
    return marks.stream()
        .map(WaitingMark::row)
        .filter(row -> row.id() > id)
        .limit(countMax)
        .toList();
  }

  /// Those that are to be forgotten at a time.
  List<MarkRow> expired(long time, int countMax) {
    return marks.stream()
        .filter(mark -> mark.expiresAt() != null && mark.expiresAt() <= time)
        .map(WaitingMark::row)
        .limit(countMax)
        .toList();
  }
}
