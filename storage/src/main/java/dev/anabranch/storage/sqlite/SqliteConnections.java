package dev.anabranch.storage.sqlite;

import dev.anabranch.storage.sql.Session;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/// Opens connections to a database file.
final class SqliteConnections {

  private static final int BUSY_MILLIS = 5_000;

  /// After how many pages the log in front of the file is moved into it: 64 MiB. A page that was
  /// written again meanwhile is moved once.
  private static final int CHECKPOINT_PAGES = 16_384;

  /// What that log may keep of its size, in bytes, once it was moved.
  private static final int JOURNAL_BYTES_MAX = 80 * 1024 * 1024;

  private SqliteConnections() {}

  /// One that reads and writes, durable on commit (K6).
  static Session writing(Path database, int cacheKibibytes) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setCacheSize(-cacheKibibytes);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Integer.toString(JOURNAL_BYTES_MAX));
    Session session = new Session(config.createConnection("jdbc:sqlite:" + database));
    try {
      session
          .connection()
          .createStatement()
          .execute("pragma wal_autocheckpoint = " + CHECKPOINT_PAGES);
      session.connection().setAutoCommit(false);
      return session;
    } catch (SQLException failure) {
      session.close();
      throw failure;
    }
  }

  /// One that only reads.
  static Session reading(Path database) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setReadOnly(true);
    Session session = new Session(config.createConnection("jdbc:sqlite:" + database));
    session.connection().setAutoCommit(false);
    return session;
  }
}
