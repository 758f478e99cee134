package dev.anabranch.storage.sqlite;

import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.SqlCredentials;
import dev.anabranch.storage.sql.Work;
import java.nio.file.Path;
import java.sql.SQLException;

/// Short writing transactions beside the log's writer, each on a connection of its own: SQLite lets
/// them wait for one another.
final class SqliteTransactions implements SqlCredentials.Transactions {

  private static final int PAGE_CACHE_KIBIBYTES = 256;

  private final Path database;
  private final Failures failures;

  SqliteTransactions(Path database, Failures failures) {
    this.database = database;
    this.failures = failures;
  }

  @Override
  public <T> T run(Work<T> work) {
    try (Session session = SqliteConnections.writing(database, PAGE_CACHE_KIBIBYTES)) {
      T result = work.run(session);
      session.connection().commit();
      return result;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }
}
