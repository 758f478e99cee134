package dev.anabranch.storage.sqlite;

import dev.anabranch.storage.sql.MarkProof;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.MarkRange;
import dev.anabranch.storage.sql.MarkRow;
import dev.anabranch.storage.sql.MarkWindow;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.WaitingBatches;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Finding marked changes on SQLite: a statement costs little, so each range is one. Of one store.
final class SqliteMarks implements MarkQueries {

  /// So many touch a page of an index several times: half of what they cost one by one.
  private static final int WAITING_MAX = 4096;

  static final Map<MarkRange.By, String> RANGES = ranges();
  private static final String WINDOW =
      "m.time between ? and ? and (m.time < ? or m.tie > ? or ?) order by m.time"
          + " desc, m.tie limit ?";
  private static final String WORDS =
      "select "
          + MarkRow.columns("m")
          + " from mark_word w cross join mark m on m.id = w.rowid where mark_word match ? and "
          + WINDOW;
  private static final String COUNTED =
      "select count(*) from (select rowid from mark_word where mark_word match ? limit ?)";
  private static final String HAVING_BETWEEN =
      "select rowid from mark_word where mark_word match ? and rowid between ? and ?";
  private static final String HAVING_EACH =
      "select k.value from json_each(?) k cross join mark_word w where mark_word match ? and"
          + " w.rowid = k.value";

  /// How many ids may lie between the least and the greatest of some, for each of them, so that all
  /// between are read at once: one by one an id costs as much as a hundred in their order.
  private static final int GAP_MAX = 50;

  // Unary plus: the index of authors is not for this one.
  private static final String OF_AUTHORS = "+m.author in (select value from json_each(?)) and ";
  private static final String PROOFS =
      "select k.value, "
          + MarkProof.columns("k.value")
          + " from json_each(?) k left join change c on c.id = k.value";
  private static final String MARKED =
      "select m.id from json_each(?) k cross join mark m on m.id = k.value";

  private static Map<MarkRange.By, String> ranges() {
    Map<MarkRange.By, String> texts = new EnumMap<>(MarkRange.By.class);
    for (MarkRange.By by : MarkRange.By.values()) {
      texts.put(by, select(MarkRow.columns("m"), by, ""));
    }
    return texts;
  }

  private static String select(String columns, MarkRange.By by, String condition) {
    return "select "
        + columns
        + " from "
        + by.table()
        + " m where "
        + (by.width() == 0 ? "" : by.condition() + " and ")
        + condition
        + WINDOW;
  }

  private static final long WAITING_MILLIS_MAX = 500;

  private final WaitingBatches waiting = new WaitingBatches();
  private final int waitingMax;
  private final long waitingMillisMax;

  SqliteMarks() {
    this(WAITING_MAX, WAITING_MILLIS_MAX);
  }

  /// Where other numbers of marks wait, or for longer.
  SqliteMarks(int waitingMax, long waitingMillisMax) {
    this.waitingMax = waitingMax;
    this.waitingMillisMax = waitingMillisMax;
  }

  @Override
  public int waitingMax() {
    return waitingMax;
  }

  @Override
  public WaitingBatches waiting() {
    return waiting;
  }

  @Override
  public long waitingMillisMax() {
    return waitingMillisMax;
  }

  @Override
  public boolean hasBareRows() {
    return true;
  }

  @Override
  public String insertWords() {
    return "insert into mark_word (rowid, words) values (?, ?)";
  }

  @Override
  public String dropWords() {
    return "delete from mark_word where rowid = ?";
  }

  @Override
  public List<List<MarkRow>> first(
      Session session, List<MarkRange> ranges, MarkWindow window, int rowsMax) throws SQLException {
    List<List<MarkRow>> all = new ArrayList<>(ranges.size());
    for (MarkRange range : ranges) {
      PreparedStatement select = session.prepare(Objects.requireNonNull(RANGES.get(range.by())));
      all.add(read(select, bind(select, range), window, rowsMax));
    }
    return all;
  }

  /// How many parameters a range takes.
  private static int bind(PreparedStatement select, MarkRange range) throws SQLException {
    int width = range.by().width();
    if (width > 0) {
      select.setLong(1, range.first());
    }
    if (width > 1) {
      select.setLong(2, range.second());
    }
    return width;
  }

  @Override
  public List<MarkRow> ofAuthors(
      Session session,
      MarkRange range,
      Collection<Long> authors,
      MarkWindow window,
      int scannedMax,
      int rowsMax)
      throws SQLException {
    MarkWindow scanned = window.notBefore(timeOf(session, range, window, scannedMax));
    PreparedStatement select =
        session.prepare(select(MarkRow.columns("m"), range.by(), OF_AUTHORS));
    int width = bind(select, range);
    select.setString(width + 1, array(authors));
    return read(select, width + 1, scanned, rowsMax);
  }

  /// The time of a range's row at a place; the least there is when it has fewer.
  private static long timeOf(Session session, MarkRange range, MarkWindow window, int place)
      throws SQLException {
    PreparedStatement select = session.prepare(select("m.time", range.by(), "") + " offset ?");
    int width = bind(select, range);
    bind(select, width, window, 1);
    select.setInt(width + 7, place - 1);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : Long.MIN_VALUE;
    }
  }

  @Override
  public List<MarkRow> withWords(
      Session session, List<String> words, MarkWindow window, int rowsMax) throws SQLException {
    PreparedStatement select = session.prepare(WORDS);
    select.setString(1, all(words));
    return read(select, 1, window, rowsMax);
  }

  private static String all(List<String> words) {
    return "\"" + String.join("\" \"", words) + "\"";
  }

  @Override
  public boolean isRare(Session session, String word, int marksMin) throws SQLException {
    Long count = session.first(COUNTED, row -> row.getLong(1), all(List.of(word)), marksMin);
    return Objects.requireNonNull(count) < marksMin;
  }

  @Override
  public Set<Long> having(Session session, List<String> words, List<Long> ids) throws SQLException {
    long least = Collections.min(ids);
    long greatest = Collections.max(ids);
    PreparedStatement select =
        greatest - least <= (long) GAP_MAX * ids.size()
            ? session.bind(HAVING_BETWEEN, all(words), least, greatest)
            : session.bind(HAVING_EACH, array(ids), all(words));
    Set<Long> having = new HashSet<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        having.add(row.getLong(1));
      }
    }
    return having;
  }

  private static void bind(PreparedStatement select, int given, MarkWindow window, int rowsMax)
      throws SQLException {
    select.setLong(given + 1, window.since());
    select.setLong(given + 2, window.until());
    select.setLong(given + 3, window.until());
    select.setLong(given + 4, window.tieOrLeast());
    select.setInt(given + 5, window.fromTheStart());
    select.setInt(given + 6, rowsMax);
  }

  private static List<MarkRow> read(
      PreparedStatement select, int given, MarkWindow window, int rowsMax) throws SQLException {
    bind(select, given, window, rowsMax);
    List<MarkRow> rows = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        rows.add(MarkRow.read(row, 1));
      }
    }
    return rows;
  }

  @Override
  public Set<Long> marked(Session session, List<Long> ids) throws SQLException {
    Set<Long> marked = new HashSet<>();
    try (ResultSet row = session.bind(MARKED, array(ids)).executeQuery()) {
      while (row.next()) {
        marked.add(row.getLong(1));
      }
    }
    return marked;
  }

  @Override
  public List<MarkProof> proofs(Session session, List<Long> ids) throws SQLException {
    PreparedStatement select = session.prepare(PROOFS);
    select.setString(1, array(ids));
    List<MarkProof> proofs = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        MarkProof proof = MarkProof.read(row.getLong(1), row, 2);
        if (proof != null) {
          proofs.add(proof);
        }
      }
    }
    return proofs;
  }

  private static String array(Collection<Long> numbers) {
    StringBuilder array = new StringBuilder("[");
    for (long number : numbers) {
      array.append(array.length() == 1 ? "" : ",").append(number);
    }
    return array.append(']').toString();
  }
}
