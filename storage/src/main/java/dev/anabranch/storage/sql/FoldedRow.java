package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.store.Folded;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/// A row of the table `folded`, and the floor's states beside it.
final class FoldedRow {

  private static final String NEWEST =
      "select seq, state from (select f.seq, f.state from folded f join scope s on s.scope_id ="
          + " f.scope_id where s.name = ? and f.model = ? and f.entity = ? union all select e.seq,"
          + " e.body from floor_entity e join scope s on s.scope_id = e.scope_id where s.name = ?"
          + " and e.model = ? and e.entity = ?) known order by seq desc"
          + " limit 1";
  private static final String KEEP =
      "insert into folded (scope_id, model, entity, seq, state) select scope_id, ?, ?, ?, ? from"
          + " scope where name = ? on conflict (scope_id, model, entity) do update set seq ="
          + " excluded.seq, state = excluded.state where excluded.seq > folded.seq";

  private FoldedRow() {}

  static Optional<Folded> newest(Session session, EntityKey key) throws SQLException {
    String scope = key.scope().text();
    String model = key.model().text();
    String id = key.id().text();
    return Optional.ofNullable(
        session.first(
            NEWEST,
            row -> new Folded(row.getLong(1), ChangeRow.bytes(row.getBytes(2))),
            scope,
            model,
            id,
            scope,
            model,
            id));
  }

  static int keep(Session session, EntityKey key, Folded folded) throws SQLException {
    return session.change(
        KEEP,
        key.model().text(),
        key.id().text(),
        folded.seq(),
        Objects.requireNonNull(folded.state(), "a state to keep").toArray(),
        key.scope().text());
  }
}
