package dev.anabranch.storage.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.anabranch.storage.sql.Failures;
import dev.anabranch.storage.sql.Readers;
import dev.anabranch.storage.sql.Session;
import dev.anabranch.storage.sql.Work;
import java.sql.SQLException;

/// Reading sessions of a connection pool; each read is one snapshot.
final class PostgresReaders implements Readers {

  private final HikariDataSource pool;
  private final Failures failures;

  PostgresReaders(HikariDataSource pool, Failures failures) {
    this.pool = pool;
    this.failures = failures;
  }

  @Override
  public <T> T read(Work<T> work) {
    try (Session session = new Session(pool.getConnection())) {
      T result = work.run(session);
      session.connection().commit();
      return result;
    } catch (SQLException failure) {
      throw failures.of(failure);
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
