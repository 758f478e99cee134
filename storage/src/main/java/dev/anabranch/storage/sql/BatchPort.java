package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import java.sql.SQLException;
import java.util.List;

/// The statements of a batch in one database's own way: many rows in few round trips.
public interface BatchPort {

  /// The writing session; between [#begin] and [#commit] it is in a transaction.
  Session session();

  /// Begins a transaction that nobody else's write comes between.
  void begin() throws SQLException;

  /// Begins one that goes on from a head which this process read or wrote before. It costs nothing
  /// where [#load] has nothing to ask, and may have to be done again from [#begin] on
  /// ([#isToRepeat]). Whether this process still owns the database is then found out by [#write].
  void beginLightly(Head before) throws SQLException;

  /// Looks up numbers of scopes and principals.
  void findNames(List<ScopeName> scopes, List<PrincipalId> principals, BatchNames into)
      throws SQLException;

  /// Reads the head and whatever else is asked, and where another server can take the database away
  /// makes sure that none has; after [#beginLightly] the head may be the one it was given.
  void load(Lookup lookup, BatchNames names, LoadedBatch into) throws SQLException;

  /// Writes a batch; nothing of it when this process does not own the database any more.
  void write(BatchRows rows) throws SQLException;

  /// How marked changes are found in this database.
  MarkQueries marks();

  /// Whether a statement of [#write] failed because there is a row of that name already, because
  /// somebody else writes, or wrote since [#beginLightly], or because this process may not own the
  /// database any more: the batch is to be done again.
  boolean isToRepeat(SQLException failure);

  /// Makes it durable.
  void commit() throws SQLException;

  /// Writes a batch and makes it durable, when nothing else belongs to it.
  default void writeDurably(BatchRows rows) throws SQLException {
    write(rows);
    commit();
  }

  /// Takes everything since [#begin] back.
  void rollBack() throws SQLException;
}
