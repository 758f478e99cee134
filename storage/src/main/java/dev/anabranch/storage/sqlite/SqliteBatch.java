package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.BatchPort;
import dev.anabranch.storage.sql.BatchRows;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.Lookup;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.ScopeRow;
import dev.anabranch.storage.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A batch on SQLite.
final class SqliteBatch implements BatchPort {

  private static final String HEAD =
      "update meta set epoch = epoch where one = 1 returning head_id, head_hlc";
  private static final String SCOPE =
      "select scope_id, name, head_seq, head_id, floor_seq, floor_id from scope where name = ?";
  private static final String PRINCIPAL = "select principal_id from principal where name = ?";

  private final Session session;
  private long headId;
  private long headHlc;

  SqliteBatch(Session session) {
    this.session = session;
  }

  @Override
  public Session session() {
    return session;
  }

  /// The first statement writes, so that the transaction holds the write lock from the start and
  /// never has to get it in the middle.
  @Override
  public void begin() throws SQLException {
    try (ResultSet row = session.prepare(HEAD).executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the table meta has no row");
      }
      headId = row.getLong(1);
      headHlc = row.getLong(2);
    }
  }

  @Override
  public void findNames(List<ScopeName> scopes, List<PrincipalId> principals, BatchNames into)
      throws SQLException {
    for (ScopeName scope : scopes) {
      ScopeRow row = session.first(SCOPE, ScopeRow::read, scope.text());
      if (row != null) {
        into.put(row);
      }
    }
    for (PrincipalId principal : principals) {
      Long id = session.first(PRINCIPAL, row -> row.getLong(1), principal.text());
      if (id != null) {
        into.put(principal, id);
      }
    }
  }

  @Override
  public void load(Lookup lookup, BatchNames names, LoadedBatch into) throws SQLException {
    into.head(headId, headHlc);
    SqliteLookup asked = new SqliteLookup(session, names);
    asked.answers(lookup, into);
    asked.entities(lookup.entities(), into);
    asked.devices(lookup.devices(), into);
  }

  @Override
  public void write(BatchRows rows) throws SQLException {
    new SqliteInserts(session, rows).run();
  }

  @Override
  public MarkQueries marks() {
    return new SqliteMarks();
  }

  @Override
  public boolean isTaken(SQLException failure) {
    return failure instanceof SQLiteException refused
        && refused.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE;
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
