package dev.anabranch.storage.sqlite;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// How connections to the file are made: WAL, and a commit is on disk before it returns (K6).
final class SqliteConnections {

  private static final int BUSY_MILLIS = 5_000;
  private static final int READERS_MAX = 8;
  private static final long READER_WAIT_MILLIS = 10_000;

  private SqliteConnections() {}

  static String url(Path file) {
    return "jdbc:sqlite:" + file;
  }

  /// The one connection that writes.
  static Connection writer(Path file) throws SQLException {
    Connection connection = source(file, TransactionMode.IMMEDIATE).getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  static SQLiteDataSource source(Path file, TransactionMode mode) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setTransactionMode(mode);
    config.setCacheSize(-16_384);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl(url(file));
    return source;
  }

  /// Connections for reading (and for credentials, which wait for the writer's turn).
  static HikariDataSource readers(Path file) {
    HikariConfig pool = new HikariConfig();
    pool.setDataSource(source(file, TransactionMode.DEFERRED));
    pool.setAutoCommit(false);
    pool.setMaximumPoolSize(READERS_MAX);
    pool.setMinimumIdle(1);
    pool.setConnectionTimeout(READER_WAIT_MILLIS);
    pool.setPoolName("sqlite-readers");
    return new HikariDataSource(pool);
  }
}
