package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.BatchPort;
import dev.anabranch.storage.sql.BatchRows;
import dev.anabranch.storage.sql.Head;
import dev.anabranch.storage.sql.LoadedBatch;
import dev.anabranch.storage.sql.LogEnds;
import dev.anabranch.storage.sql.Lookup;
import dev.anabranch.storage.sql.MarkQueries;
import dev.anabranch.storage.sql.ScopeRow;
import dev.anabranch.storage.sql.Session;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// A batch on SQLite.
///
/// A light transaction reads what the file held at its first query and takes the write lock with
/// its first row, which SQLite refuses when somebody has it or has written meanwhile; and the head
/// moves only from where the batch began.
final class SqliteBatch implements BatchPort {

  private static final String HEAD =
      "update meta set epoch = epoch where one = 1 returning head_id, head_hlc";
  private static final String SCOPE =
      "select scope_id, name, head_seq, head_id, floor_seq, floor_id from scope where name = ?";

  /// What of a result code says the kind of a failure; the rest says more of it.
  private static final int PRIMARY_CODE = 0xff;

  private static final String PRINCIPAL = "select principal_id from principal where name = ?";

  private final Session session;
  private final MarkQueries marks;
  private final OpenedFiles files;
  private @Nullable Head head;

  SqliteBatch(Session session, MarkQueries marks, OpenedFiles files) {
    this.session = session;
    this.marks = marks;
    this.files = files;
  }

  @Override
  public Session session() {
    return session;
  }

  /// The first statement writes, so that the transaction holds the write lock from the start and
  /// never has to get it in the middle.
  @Override
  public void begin() throws SQLException {
    head =
        LogEnds.theRow(
            "meta", session.first(HEAD, row -> new Head(row.getLong(1), row.getLong(2))));
  }

  /// The driver begins with the first statement.
  @Override
  public void beginLightly(Head before) {
    head = before;
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
    into.head(Objects.requireNonNull(head, "a transaction was begun"));
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
    return marks;
  }

  @Override
  public boolean isToRepeat(SQLException failure) {
    if (!(failure instanceof SQLiteException refused)) {
      return failure instanceof SQLIntegrityConstraintViolationException;
    }
    return switch (refused.getResultCode()) {
      case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY -> true;
      // A transaction that has read does not wait for the lock of another one, it is refused.
      default -> (refused.getResultCode().code & PRIMARY_CODE) == SQLiteErrorCode.SQLITE_BUSY.code;
    };
  }

  @Override
  public void commit() throws SQLException {
    session.connection().commit();
    files.refuseReplacedLog(); // or it is durable where nobody looks
  }

  @Override
  public void rollBack() throws SQLException {
    session.connection().rollback();
  }
}
