package dev.anabranch.storage.postgres;

import dev.anabranch.storage.sql.MarkProof;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.MarkRange;
import dev.anabranch.storage.sql.MarkRow;
import dev.anabranch.storage.sql.MarkWindow;
import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Finding marked changes on PostgreSQL: a round trip costs much, so all ranges are one statement.
final class PostgresMarks implements MarkQueries {

  static final Map<MarkRange.By, String> RANGES = ranges();
  private static final String WINDOW =
      "m.time between ? and ? and (m.time < ? or m.tie > ? or ? = 1) order by m.time"
          + " desc, m.tie limit ?";
  // `offset 0`: the words first, whatever the planner thinks of a table that it has no figures of.
  private static final String WORDS =
      "select "
          + MarkRow.columns("m")
          + " from (select w.id from mark_word w where string_to_array(w.words, ' ') @> ? offset 0)"
          + " f cross join lateral (select "
          + MarkRow.columns("m")
          + " from mark m where m.id = f.id offset 0) m where "
          + WINDOW;
  private static final String COUNTED =
      "select count(*) from (select 1 from mark_word w where string_to_array(w.words, ' ') @> ?"
          + " limit ?) counted";
  private static final String HAVING =
      "select w.id from unnest(?) k (id) join mark_word w on w.id = k.id where"
          + " string_to_array(w.words, ' ') @> ?";

  /// How many times as many marks as are counted the index is asked for: it gives about so many.
  private static final int GIVEN_FACTOR = 4;

  private static final String PROOFS =
      "select k.id, "
          + MarkProof.columns("k.id")
          + " from unnest(?) k (id) left join change c on c.id = k.id";
  private static final String MARKED =
      "select m.id from unnest(?) k (id) join mark m on m.id = k.id";

  /// Of one name there is one mark, seldom more. `offset 0`: they first; else the planner walks
  /// through all times, which spares it a sort that readers are kept from.
  private static Map<MarkRange.By, String> ranges() {
    Map<MarkRange.By, String> texts = new EnumMap<>(MarkRange.By.class);
    for (MarkRange.By by : MarkRange.By.values()) {
      String keys = by.condition().replaceFirst("\\?", "r.first").replaceFirst("\\?", "r.second");
      boolean isOne = by == MarkRange.By.TIE;
      texts.put(
          by,
          "select r.place, "
              + MarkRow.columns("m")
              + " from unnest(?, ?) with ordinality r (first, second, place) cross join lateral"
              + " (select "
              + MarkRow.columns("m")
              + " from "
              + (isOne ? "(select * from mark m where " + keys + " offset 0)" : by.table())
              + " m where "
              + (isOne || by.width() == 0 ? "" : keys + " and ")
              + WINDOW
              + ") m");
    }
    return texts;
  }

  @Override
  public String insertWords() {
    return "insert into mark_word (id, words) values (?, ?)";
  }

  @Override
  public String dropWords() {
    return "delete from mark_word where id = ?";
  }

  @Override
  public List<List<MarkRow>> first(
      Session session, List<MarkRange> ranges, MarkWindow window, int rowsMax) throws SQLException {
    List<List<MarkRow>> all = new ArrayList<>(ranges.size());
    ranges.forEach(range -> all.add(new ArrayList<>()));
    PreparedStatement select =
        session.prepare(Objects.requireNonNull(RANGES.get(ranges.getFirst().by())));
    new Columns(select).numbers(ranges, MarkRange::first).numbers(ranges, MarkRange::second);
    bind(select, 2, window, rowsMax);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        all.get(row.getInt(1) - 1).add(MarkRow.read(row, 2));
      }
    }
    return all;
  }

  /// An index of words gives all marks of a word before the first is seen; told so, it gives about
  /// so many of them by chance where there are more.
  @Override
  public boolean isRare(Session session, String word, int marksMin) throws SQLException {
    session.change("set local enable_bitmapscan = on");
    session.change("set local gin_fuzzy_search_limit = " + GIVEN_FACTOR * marksMin);
    PreparedStatement select = session.prepare(COUNTED);
    new Columns(select).texts(List.of(word));
    select.setInt(2, marksMin);
    long count;
    try (ResultSet row = select.executeQuery()) {
      row.next();
      count = row.getLong(1);
    }
    session.change("set local gin_fuzzy_search_limit = 0");
    session.change("set local enable_bitmapscan = off");
    return count < marksMin;
  }

  @Override
  public Set<Long> having(Session session, List<String> words, List<Long> ids) throws SQLException {
    PreparedStatement select = session.prepare(HAVING);
    new Columns(select).numbers(ids, Long::longValue).texts(words);
    Set<Long> having = new HashSet<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        having.add(row.getLong(1));
      }
    }
    return having;
  }

  /// An index of words is read by way of a bitmap, which a reader is otherwise kept from.
  @Override
  public List<MarkRow> withWords(
      Session session, List<String> words, MarkWindow window, int rowsMax) throws SQLException {
    session.change("set local enable_bitmapscan = on");
    session.change("set local enable_sort = on");
    PreparedStatement select = session.prepare(WORDS);
    new Columns(select).texts(words);
    bind(select, 1, window, rowsMax);
    List<MarkRow> rows = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        rows.add(MarkRow.read(row, 1));
      }
    }
    return rows;
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

  @Override
  public Set<Long> marked(Session session, List<Long> ids) throws SQLException {
    PreparedStatement select = session.prepare(MARKED);
    new Columns(select).numbers(ids, Long::longValue);
    Set<Long> marked = new HashSet<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        marked.add(row.getLong(1));
      }
    }
    return marked;
  }

  @Override
  public List<MarkProof> proofs(Session session, List<Long> ids) throws SQLException {
    PreparedStatement select = session.prepare(PROOFS);
    new Columns(select).numbers(ids, Long::longValue);
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
}
