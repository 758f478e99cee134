package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.DocumentWeight;
import java.sql.SQLException;

/// How much there is of a document: lengths alone, for it is asked inside the commit.
final class WeightQuery {
  private static final String ENTITY =
      "select e.scope_id, e.seq, e.deleted from entity e join scope s on s.scope_id = e.scope_id"
          + " where s.name = ? and e.model = ? and e.entity = ?";
  private static final String FOLDED =
      "select seq, bytes from (select f.seq, length(f.state) as bytes from folded f where"
          + " f.scope_id = ? and f.model = ? and f.entity = ? union all select e.seq,"
          + " coalesce(length(e.body), 0) from floor_entity e where e.scope_id = ? and e.model = ?"
          + " and e.entity = ?) known order by seq desc limit 1";
  // The plus keeps SQLite from reading all that stands above the bound.
  static final String SINCE =
      "with recursive trail (prior, action, updates, bytes) as (select c.prior, c.action, case when"
          + " c.body is null then 0 else 1 end, coalesce(length(c.body), 0) from change c where"
          + " c.scope_id = ? and c.seq = ? union all select c.prior, c.action, case when c.body is"
          + " null then 0 else 1 end, coalesce(length(c.body), 0) from trail t join change c on"
          + " c.scope_id = ? and c.seq = t.prior where +t.prior > ? and t.action <> 'delete')"
          + " select coalesce(sum(updates), 0), coalesce(sum(bytes), 0), coalesce(sum(case when"
          + " action = 'delete' then 1 else 0 end), 0) from trail";

  private WeightQuery() {}

  /// Where a document stands.
  private record Standing(long scope, long seq, boolean deleted) {}

  /// How far its folded state reaches, and the bytes of it.
  private record Base(long seq, long bytes) {}

  static DocumentWeight weigh(Session session, EntityKey key) throws SQLException {
    String model = key.model().text();
    String id = key.id().text();
    Standing standing =
        session.first(
            ENTITY,
            row -> new Standing(row.getLong(1), row.getLong(2), row.getLong(3) != 0),
            key.scope().text(),
            model,
            id);
    if (standing == null || standing.deleted()) {
      return DocumentWeight.NOTHING;
    }
    long scope = standing.scope();
    Base known =
        session.first(
            FOLDED,
            row -> new Base(row.getLong(1), row.getLong(2)),
            scope,
            model,
            id,
            scope,
            model,
            id);
    Base base = known == null ? new Base(0, 0) : known;
    if (standing.seq() <= base.seq()) {
      return new DocumentWeight(base.bytes(), 0, 0);
    }
    DocumentWeight weight =
        session.first(
            SINCE,
            row ->
                new DocumentWeight(
                    row.getLong(3) == 0 ? base.bytes() : 0, row.getInt(1), row.getLong(2)),
            scope,
            standing.seq(),
            scope,
            base.seq());
    return weight == null ? DocumentWeight.NOTHING : weight;
  }
}
