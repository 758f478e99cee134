package dev.anabranch.storage.postgres;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.anabranch.kernel.store.StoreFailure;
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
      StoreFailure told = failures.of(failure);
      throw told.kind() == StoreFailure.Kind.BUSY && !isFull()
          ? new StoreFailure(
              StoreFailure.Kind.UNREACHABLE, "no connection could be opened", failure)
          : told;
    }
  }

  /// The pool tells only one of those who wait together why it opens no connection.
  private boolean isFull() {
    return pool.getHikariPoolMXBean() instanceof HikariPoolMXBean state
        && state.getActiveConnections() >= pool.getMaximumPoolSize();
  }

  @Override
  public void close() {
    pool.close();
  }
}
