package dev.anabranch.storage.sqlite;

import dev.anabranch.storage.sql.Session;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;

/// Opens connections to a database file.
final class SqliteConnections {

  private static final int BUSY_MILLIS = 5_000;

  /// After how many pages the log in front of the file is moved into it: 16 MiB.
  private static final int CHECKPOINT_PAGES = 4_096;

  private SqliteConnections() {}

  /// One that reads and writes, durable on commit (K6).
  static Session writing(Path database, int cacheKibibytes) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setCacheSize(-cacheKibibytes);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setPragma(
        SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Integer.toString(CHECKPOINT_PAGES * 4096 * 4));
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
