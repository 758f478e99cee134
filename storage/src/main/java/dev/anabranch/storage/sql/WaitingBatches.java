package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The rows in which marks wait for their file (docs/decisions/0098), one for each batch. A
/// transaction that reads them first and that file then sees each mark once.
///
/// Rows are read and decoded once, for every search looks through all that wait. May be used by
/// many threads.
public final class WaitingBatches {

  private static final int ATTEMPTS_MAX = 1000;
  private static final String ROWS =
      "select id, length(marks) + length(gone) from mark_waiting order by id";
  private static final String ROW = "select marks, gone from mark_waiting where id = ?";
  private static final String SORTED = "select up_to from sorted";
  private static final String DROP = "delete from mark_waiting where id < ?";

  // The last one stays, without what it held: it says how far the file of marks must be.
  private static final String EMPTY =
      "update mark_waiting set count = 0, marks = x'', gone = x'' where id = ?";

  private final ConcurrentNavigableMap<Long, Batch> known = new ConcurrentSkipListMap<>();

  /// What one batch did.
  private record Batch(List<WaitingMark> marks, List<Long> gone) {
    static Batch read(ResultSet row) throws SQLException {
      List<WaitingMark> marks = new ArrayList<>();
      WaitingMark.decode(row.getBytes(1), marks);
      List<Long> gone = new ArrayList<>();
      for (ByteBuffer ids = ByteBuffer.wrap(row.getBytes(2)); ids.hasRemaining(); ) {
        gone.add(ids.getLong());
      }
      return new Batch(marks, gone);
    }
  }

  /// A row of the table.
  ///
  /// @param bytes 0 = the batch was sorted in
  private record Row(long batch, long bytes) {}

  /// Reads what waits, as the first thing in a transaction.
  ///
  /// Where the file got ahead of what the transaction sees of the log, for a batch was committed
  /// and sorted in between the two, the transaction begins again.
  WaitingMarks read(Session session) throws SQLException {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      WaitingMarks waiting = attempt(session);
      if (waiting != null) {
        return waiting;
      }
      session.connection().rollback();
    }
    throw ahead(StoreFailure.Kind.BUSY);
  }

  /// Reads what waits, in the middle of a transaction of the log's writer: nothing that it does not
  /// see can have been sorted in.
  WaitingMarks readAsWriter(Session session) throws SQLException {
    WaitingMarks waiting = attempt(session);
    if (waiting == null) {
      throw ahead(StoreFailure.Kind.BROKEN);
    }
    return waiting;
  }

  private static StoreFailure ahead(StoreFailure.Kind kind) {
    return new StoreFailure(kind, "the file of marks is ahead of the log");
  }

  private @Nullable WaitingMarks attempt(Session session) throws SQLException {
    List<Row> rows = rows(session);
    long sorted = Objects.requireNonNull(session.first(SORTED, row -> row.getLong(1)));
    long last = rows.isEmpty() ? 0 : rows.getLast().batch();
    return sorted <= last ? of(session, rows, sorted) : null;
  }

  /// Reads everything of a file that has its marks in it.
  static WaitingMarks all(Session session) throws SQLException {
    return new WaitingBatches().of(session, rows(session), 0);
  }

  private static List<Row> rows(Session session) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (ResultSet row = session.prepare(ROWS).executeQuery()) {
      while (row.next()) {
        rows.add(new Row(row.getLong(1), row.getLong(2)));
      }
    }
    return rows;
  }

  private WaitingMarks of(Session session, List<Row> rows, long sorted) throws SQLException {
    List<WaitingMark> marks = new ArrayList<>();
    Set<Long> gone = new HashSet<>();
    long last = 0;
    boolean held = false;
    for (Row row : rows) {
      last = row.batch();
      held |= row.bytes() > 0;
      if (last > sorted) {
        Batch batch = batch(session, last);
        marks.addAll(batch.marks());
        gone.addAll(batch.gone());
      }
    }
    if (!gone.isEmpty()) {
      marks.removeIf(mark -> gone.remove(mark.id()));
    }
    return new WaitingMarks(marks, gone, sorted, last, held);
  }

  private Batch batch(Session session, long number) throws SQLException {
    Batch batch = known.get(number);
    if (batch == null) {
      batch = read(session, number);
      known.put(number, batch);
    }
    return batch;
  }

  private static Batch read(Session session, long number) throws SQLException {
    try {
      return Objects.requireNonNull(session.first(ROW, Batch::read, number));
    } catch (BufferUnderflowException | NegativeArraySizeException damage) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          "the row " + number + " of mark_waiting is damaged; keep a copy and restore a backup",
          damage);
    }
  }

  /// Remembers what a batch is about to write: nobody asks for its number before it is committed.
  void put(long number, List<WaitingMark> marks, List<Long> gone) {
    known.put(number, new Batch(marks, gone));
  }

  /// Takes away the rows of what was sorted in, in a transaction of the log's writer.
  ///
  /// @param upTo the last batch that the file of marks has
  public static void drop(Session session, long upTo) throws SQLException {
    session.change(DROP, upTo);
    session.change(EMPTY, upTo);
  }

  /// Forgets what was sorted in.
  void forget(long upTo) {
    known.headMap(upTo, true).clear();
  }

  /// Forgets everything: a batch was taken back, and its number will be another's.
  void forget() {
    known.clear();
  }

  /// Ids as they stand in a row.
  static byte[] encode(Collection<Long> ids) {
    ByteBuffer bytes = ByteBuffer.allocate(ids.size() * Long.BYTES);
    ids.forEach(bytes::putLong);
    return bytes.array();
  }
}
