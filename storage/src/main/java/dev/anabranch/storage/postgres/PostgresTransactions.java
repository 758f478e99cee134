package dev.anabranch.storage.postgres;

import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.SqlCredentials;
import dev.anabranch.storage.sql.Work;
import java.sql.SQLException;

/// Short writing transactions beside the log's writer, each on a connection of its own.
final class PostgresTransactions implements SqlCredentials.Transactions {

  private final PostgresConnections connections;
  private final Failures failures;

  PostgresTransactions(PostgresConnections connections, Failures failures) {
    this.connections = connections;
    this.failures = failures;
  }

  @Override
  public <T> T run(Work<T> work) {
    try (Session session = new Session(connections.open())) {
      session.connection().setAutoCommit(false);
      T result = work.run(session);
      session.connection().commit();
      return result;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }
}
