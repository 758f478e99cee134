package dev.anabranch.client.nostr.cache;

import dev.anabranch.client.replica.ReplicaFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// Opens a cache's database and keeps a second process out.
final class CacheFile {

  private static final int VERSION = 2;

  private static final String[] SCHEMA = {
    "create table floor (created_at integer not null)",
    "insert into floor values (0)",
    "create table event (id text primary key, author text not null, kind integer not null,"
        + " created_at integer not null, address text unique, json text not null) without rowid",
    "create index event_by_time on event (created_at)",
    "create index event_by_author on event (author, kind, created_at)",
    "create index event_by_kind on event (kind, created_at)",
    "create table tag (letter text not null, value text not null, id text not null,"
        + " primary key (letter, value, id)) without rowid",
    "create index tag_by_event on tag (id)",
    "create table outbox (number integer primary key autoincrement, id text not null,"
        + " relay text not null, json text not null, state integer not null,"
        + " reason text not null, unique (id, relay))",
    "create index outbox_by_relay on outbox (relay, state, number)",
    "create table caught_up (relay text not null, request text not null, at integer not null,"
        + " primary key (relay, request)) without rowid",
  };

  /// What schema 2 has besides.
  private static final String[] SINCE_2 = {
    "create table untold (request text not null, id text not null,"
        + " primary key (request, id)) without rowid",
    "create index untold_by_event on untold (id)",
  };

  private final Connection connection;
  private final @Nullable FileChannel lock;

  private CacheFile(Connection connection, @Nullable FileChannel lock) {
    this.connection = connection;
    this.lock = lock;
  }

  /// A database in memory, gone when it is closed.
  static CacheFile inMemory() {
    try {
      return new CacheFile(prepared(DriverManager.getConnection("jdbc:sqlite::memory:")), null);
    } catch (SQLException failure) {
      throw new ReplicaFailure("no cache in memory: " + failure.getMessage(), failure);
    }
  }

  /// A database in a file; it is made when it is not there.
  static CacheFile open(Path file) {
    Path absolute = file.toAbsolutePath();
    FileChannel lock = null;
    try {
      Path folder = absolute.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      lock = lock(absolute);
      return new CacheFile(prepared(DriverManager.getConnection("jdbc:sqlite:" + absolute)), lock);
    } catch (IOException | SQLException failure) {
      unlock(lock);
      throw new ReplicaFailure(
          "the local copy " + absolute + " cannot be opened: " + failure.getMessage(), failure);
    } catch (RuntimeException failure) {
      unlock(lock);
      throw failure;
    }
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file.resolveSibling(file.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException heldInThisProcess) {
      channel.close();
      throw isOpen(file, heldInThisProcess);
    }
    channel.close();
    throw isOpen(file, null);
  }

  private static ReplicaFailure isOpen(Path file, @Nullable Exception cause) {
    String sentence =
        "the local copy " + file + " is open already; give every client a file of its own";
    return cause == null ? new ReplicaFailure(sentence) : new ReplicaFailure(sentence, cause);
  }

  private static void unlock(@Nullable FileChannel lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException failure) {
        throw new ReplicaFailure("the lock file cannot be closed", failure);
      }
    }
  }

  private static Connection prepared(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("pragma synchronous = full");
      statement.execute("pragma busy_timeout = 5000");
      migrate(connection, statement);
      return connection;
    } catch (SQLException | RuntimeException failure) {
      connection.close();
      throw failure;
    }
  }

  private static void migrate(Connection connection, Statement statement) throws SQLException {
    int version;
    try (ResultSet found = statement.executeQuery("pragma user_version")) {
      version = found.getInt(1);
    }
    if (version > VERSION) {
      throw new ReplicaFailure(
          "the local copy has schema " + version + ", this program knows up to " + VERSION);
    }
    if (version < VERSION) {
      connection.setAutoCommit(false);
      if (version == 0) {
        for (String sql : SCHEMA) {
          statement.execute(sql);
        }
      }
      for (String sql : SINCE_2) {
        statement.execute(sql);
      }
      statement.execute("pragma user_version = " + VERSION);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  Connection connection() {
    return connection;
  }

  void close() {
    try {
      connection.close();
    } catch (SQLException failure) {
      throw new ReplicaFailure("the local copy cannot be closed", failure);
    } finally {
      unlock(lock);
    }
  }
}
