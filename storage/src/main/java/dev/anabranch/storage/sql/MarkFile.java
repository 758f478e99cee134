package dev.anabranch.storage.sql;

import java.sql.SQLException;

/// The file of marks as its one writer sees it, on a connection of its own: sorting in what waits
/// keeps no batch of the log waiting (docs/decisions/0098). Used by one thread at a time.
public final class MarkFile implements AutoCloseable {

  private static final String SORTED = "update sorted set up_to = ? where one = 1";

  private final Session session;
  private final MarkIndexes indexes;
  private final Failures failures;

  /// A writer over an open session, which it closes in the end.
  ///
  /// @param queries how words are written
  /// @param failures what the driver's exceptions mean for that file
  public MarkFile(Session session, MarkQueries queries, Failures failures) {
    this.session = session;
    this.indexes = new MarkIndexes(queries);
    this.failures = failures;
  }

  /// Sorts in what waits, in one transaction that is durable in the end.
  void sortIn(WaitingMarks waiting) {
    try {
      try {
        indexes.apply(session, waiting);
        session.change(SORTED, waiting.upTo());
        session.connection().commit();
      } finally {
        session.connection().rollback(); // what broke off
      }
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  @Override
  public void close() throws SQLException {
    session.close();
  }
}
