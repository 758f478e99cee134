package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.Effects;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/// Writes what a batch does to the index of marked changes, in the batch's own transaction (K3).
final class MarkWriter {

  private static final String MARK =
      "insert into mark (id, tie, author, kind, time, expires_at, tags) values (?, ?, ?, ?, ?, ?,"
          + " ?)";
  private static final String TAG =
      "insert into mark_tag (tag, time, tie, id, kind, author) values (?, ?, ?, ?, ?, ?)";
  private static final String OLD = "select time, tie, tags from mark where id = ?";
  private static final String DROP_TAG =
      "delete from mark_tag where tag = ? and time = ? and tie = ? and id = ?";
  private static final String DROP_MARK = "delete from mark where id = ?";
  private static final String ERASE =
      "with recursive chain (seq, prior) as (select c.seq, c.prior from change c where c.scope_id ="
          + " ? and c.seq = ? union all select c.seq, c.prior from chain p join change c on"
          + " c.scope_id = ? and c.seq = p.prior) update change set data = null, body = null, proof"
          + " = null, erased = 1 where scope_id = ? and seq in (select seq from chain)";

  private static final String ERASE_OF =
      ERASE + " and principal_id = (select p.principal_id from principal p where p.name = ?)";

  private final Supplier<MarkQueries> queries;

  MarkWriter(Supplier<MarkQueries> queries) {
    this.queries = queries;
  }

  static boolean hasNothing(Effects effects) {
    return effects.unmarked().isEmpty() && effects.marked().isEmpty() && effects.erased().isEmpty();
  }

  void write(Session session, Effects effects, BatchNames names) throws SQLException {
    for (long id : effects.unmarked()) {
      drop(session, id);
    }
    if (!effects.marked().isEmpty()) {
      insert(session, effects.marked());
    }
    for (Effects.Erasure erasure : effects.erased()) {
      long scope = names.id(erasure.entity().scope());
      if (erasure.authors().isEmpty()) {
        session.change(ERASE, scope, erasure.seq(), scope, scope);
      }
      for (PrincipalId author : erasure.authors()) {
        session.change(ERASE_OF, scope, erasure.seq(), scope, scope, author.text());
      }
    }
  }

  private void drop(Session session, long id) throws SQLException {
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
    session.change(queries.get().dropWords(), id);
    session.change(DROP_MARK, id);
  }

  private void insert(Session session, List<Marked> fresh) throws SQLException {
    PreparedStatement mark = session.prepare(MARK);
    PreparedStatement tag = session.prepare(TAG);
    PreparedStatement words = session.prepare(queries.get().insertWords());
    boolean tagged = false;
    boolean worded = false;
    for (Marked one : fresh) {
      bind(mark, one.change().id(), one.mark());
      mark.addBatch();
      for (long value : one.mark().tags()) {
        bind(tag, value, one.change().id(), one.mark());
        tag.addBatch();
        tagged = true;
      }
      if (!one.mark().words().isEmpty()) {
        words.setLong(1, one.change().id());
        words.setString(2, String.join(" ", one.mark().words()));
        words.addBatch();
        worded = true;
      }
    }
    mark.executeBatch();
    if (tagged) {
      tag.executeBatch();
    }
    if (worded) {
      words.executeBatch();
    }
  }

  private static void bind(PreparedStatement insert, long id, Mark mark) throws SQLException {
    insert.setLong(1, id);
    insert.setLong(2, mark.tie());
    insert.setLong(3, mark.author());
    insert.setInt(4, mark.kind());
    insert.setLong(5, mark.time());
    if (mark.expiresAt() == null) {
      insert.setNull(6, Types.BIGINT);
    } else {
      insert.setLong(6, Objects.requireNonNull(mark.expiresAt()));
    }
    ByteBuffer tags = ByteBuffer.allocate(mark.tags().size() * Long.BYTES);
    mark.tags().forEach(tags::putLong);
    insert.setBytes(7, tags.array());
  }

  private static void bind(PreparedStatement insert, long tag, long id, Mark mark)
      throws SQLException {
    insert.setLong(1, tag);
    insert.setLong(2, mark.time());
    insert.setLong(3, mark.tie());
    insert.setLong(4, id);
    insert.setInt(5, mark.kind());
    insert.setLong(6, mark.author());
  }
}
