package dev.anabranch.storage.sqlite;

import dev.anabranch.storage.sql.Session;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
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

  /// One that fills a file, which is thrown away when that breaks off: nothing that was in it need
  /// be kept meanwhile. What it sorts for large indexes goes to files, not into memory.
  static Session filling(Path database, int cacheKibibytes) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(SQLiteConfig.JournalMode.MEMORY);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setCacheSize(-cacheKibibytes);
    config.setTempStore(SQLiteConfig.TempStore.FILE);
    return inTransaction(config.createConnection("jdbc:sqlite:" + database));
  }

  /// One that has only what is attached to it.
  static Session ofNoFile() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    return inTransaction(config.createConnection("jdbc:sqlite::memory:"));
  }

  private static Session inTransaction(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    return new Session(connection);
  }

  /// One that reads and writes the log and reads the marks.
  static Session writing(Path database, Path marks, int cacheKibibytes) throws SQLException {
    return withMarks(writing(database, cacheKibibytes), marks);
  }

  /// One that only reads the log and the marks.
  static Session reading(Path database, Path marks) throws SQLException {
    return withMarks(reading(database), marks);
  }

  private static Session withMarks(Session session, Path marks) throws SQLException {
    try {
      attach(session, marks, "marks");
      return session;
    } catch (SQLException failure) {
      session.close();
      throw failure;
    }
  }

  /// Has a session see another file's tables, too; it is in no transaction.
  static void attach(Session session, Path file, String name) throws SQLException {
    session.connection().setAutoCommit(true);
    attachWithin(session, file, name);
    session.connection().setAutoCommit(false);
  }

  /// Likewise while it is in a transaction, which goes on.
  static void attachWithin(Session session, Path file, String name) throws SQLException {
    try (PreparedStatement attach =
        session.connection().prepareStatement("attach database ? as " + name)) {
      attach.setString(1, file.toString());
      attach.execute();
    }
  }

  /// One that only reads.
  static Session reading(Path database) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setReadOnly(true);
    return inTransaction(config.createConnection("jdbc:sqlite:" + database));
  }
}
