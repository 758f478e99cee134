package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.BatchPort;
import dev.anabranch.storage.sql.BatchRows;
import dev.anabranch.storage.sql.Head;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.Lookup;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.ScopeRow;
import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.util.PSQLState;

/// A batch on PostgreSQL: one round trip when it has nothing to ask, one more each for names, for
/// devices and for what it took for new and does not write, and some for marked changes.
final class PostgresBatch implements BatchPort {

  private static final String NAMES =
      "select scope_id, name, head_seq, head_id, floor_seq, floor_id from scope"
          + " where name = any (?); select principal_id, name from principal where name = any (?)";

  private final Session session;
  private final Lease lease;

  PostgresBatch(Session session, Lease lease) {
    this.session = session;
    this.lease = lease;
  }

  @Override
  public Session session() {
    return session;
  }

  /// The driver sends `begin` along with the first statement.
  @Override
  public void begin() {}

  @Override
  public void beginLightly(Head before) {}

  @Override
  public void findNames(List<ScopeName> scopes, List<PrincipalId> principals, BatchNames into)
      throws SQLException {
    PreparedStatement statement = session.prepare(NAMES);
    new Columns(statement).texts(scopes, ScopeName::text).texts(principals, PrincipalId::text);
    statement.execute();
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        into.put(ScopeRow.read(rows));
      }
    }
    statement.getMoreResults();
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        into.put(new PrincipalId(rows.getString(2)), rows.getLong(1));
      }
    }
  }

  @Override
  public void load(Lookup lookup, BatchNames names, LoadedBatch into) throws SQLException {
    new PostgresLookup(lookup, names, into).run(session, lease.term());
  }

  @Override
  public void write(BatchRows rows) throws SQLException {
    trip(rows).run(session);
  }

  @Override
  public void writeDurably(BatchRows rows) throws SQLException {
    trip(rows).with("commit", columns -> {}).run(session);
  }

  private Trip trip(BatchRows rows) {
    return new PostgresInserts(rows).trip(lease.term());
  }

  @Override
  public MarkQueries marks() {
    return new PostgresMarks();
  }

  @Override
  public boolean isToRepeat(SQLException failure) {
    String state = failure.getSQLState();
    return PSQLState.UNIQUE_VIOLATION.getState().equals(state)
        || PSQLState.DIVISION_BY_ZERO.getState().equals(state);
  }

  @Override
  public void commit() throws SQLException {
    session.connection().commit();
  }

  @Override
  public void rollBack() throws SQLException {
    session.connection().rollback();
  }
}
