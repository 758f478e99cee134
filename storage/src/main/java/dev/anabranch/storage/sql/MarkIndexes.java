package dev.anabranch.storage.sql;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/// The tables in which marks are found, as they are written.
final class MarkIndexes {

  private static final String MARK =
      "insert into mark (id, tie, author, kind, time, expires_at, tags) values (?, ?, ?, ?, ?, ?,"
          + " ?)";
  private static final String TAG =
      "insert into mark_tag (tag, time, tie, id, kind, author) values (?, ?, ?, ?, ?, ?)";
  private static final String OLD = "select time, tie, tags from mark where id = ?";
  private static final String DROP_TAG =
      "delete from mark_tag where tag = ? and time = ? and tie = ? and id = ?";
  private static final String DROP_MARK = "delete from mark where id = ?";

  private final MarkQueries queries;

  MarkIndexes(MarkQueries queries) {
    this.queries = queries;
  }

  /// Takes a mark out, if it is there.
  void drop(Session session, long id) throws SQLException {
    long time;
    long tie;
    ByteBuffer tags;
    try (ResultSet row = session.bind(OLD, id).executeQuery()) {
      if (!row.next()) {
        return;
      }
      time = row.getLong(1);
      tie = row.getLong(2);
      tags = ByteBuffer.wrap(row.getBytes(3));
    }
    while (tags.hasRemaining()) {
      session.change(DROP_TAG, tags.getLong(), time, tie, id);
    }
    session.change(queries.dropWords(), id);
    session.change(DROP_MARK, id);
  }

  /// Takes in what waited, and takes out what is gone.
  void apply(Session session, WaitingMarks waiting) throws SQLException {
    insert(session, waiting.marks());
    for (long id : waiting.gone()) {
      drop(session, id);
    }
  }

  void insert(Session session, List<WaitingMark> fresh) throws SQLException {
    PreparedStatement mark = session.prepare(MARK);
    PreparedStatement words = session.prepare(queries.insertWords());
    boolean worded = false;
    for (WaitingMark one : fresh) {
      bind(mark, one);
      mark.addBatch();
      if (one.words().length > 0) {
        words.setLong(1, one.id());
        words.setString(2, one.text());
        words.addBatch();
        worded = true;
      }
    }
    mark.executeBatch();
    insertTags(session, fresh);
    if (worded) {
      words.executeBatch();
    }
  }

  /// In the order of their table, so that its pages are met one after the other.
  private static void insertTags(Session session, List<WaitingMark> fresh) throws SQLException {
    List<Tagged> rows = new ArrayList<>();
    for (WaitingMark one : fresh) {
      for (ByteBuffer tags = ByteBuffer.wrap(one.tags()); tags.hasRemaining(); ) {
        rows.add(new Tagged(tags.getLong(), one.row()));
      }
    }
    if (rows.isEmpty()) {
      return;
    }
    rows.sort(Comparator.comparingLong(Tagged::tag));
    PreparedStatement insert = session.prepare(TAG);
    for (Tagged row : rows) {
      bind(insert, row.tag(), row.mark());
      insert.addBatch();
    }
    insert.executeBatch();
  }

  private record Tagged(long tag, MarkRow mark) {}

  private static void bind(PreparedStatement insert, WaitingMark mark) throws SQLException {
    MarkRow row = mark.row();
    insert.setLong(1, row.id());
    insert.setLong(2, row.spot().tie());
    insert.setLong(3, row.author());
    insert.setInt(4, row.kind());
    insert.setLong(5, row.spot().time());
    if (mark.expiresAt() == null) {
      insert.setNull(6, Types.BIGINT);
    } else {
      insert.setLong(6, Objects.requireNonNull(mark.expiresAt()));
    }
    insert.setBytes(7, mark.tags());
  }

  private static void bind(PreparedStatement insert, long tag, MarkRow mark) throws SQLException {
    insert.setLong(1, tag);
    insert.setLong(2, mark.spot().time());
    insert.setLong(3, mark.spot().tie());
    insert.setLong(4, mark.id());
    insert.setInt(5, mark.kind());
    insert.setLong(6, mark.author());
  }
}
