package dev.anabranch.client.nostr.cache;

import dev.anabranch.client.replica.LocalFile;
import dev.anabranch.client.replica.ReplicaFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A cache's database.
final class CacheFile {

  /// What each version added, from nothing on.
  private static final String[][] SCHEMA = {
    {
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
    },
    {
      "create table untold (request text not null, id text not null,"
          + " primary key (request, id)) without rowid",
      "create index untold_by_event on untold (id)",
    },
  };

  private final Connection connection;
  private final @Nullable LocalFile file;

  private CacheFile(Connection connection, @Nullable LocalFile file) throws SQLException {
    this.connection = connection;
    this.file = file;
    try {
      LocalFile.migrate(connection, SCHEMA);
    } catch (SQLException | RuntimeException failure) {
      connection.close();
      throw failure;
    }
  }

  /// A database in memory, gone when it is closed.
  static CacheFile inMemory() {
    try {
      return new CacheFile(LocalFile.inMemory(), null);
    } catch (SQLException failure) {
      throw new ReplicaFailure("no cache in memory: " + failure.getMessage(), failure);
    }
  }

  /// A database in a file; it is made when it is not there.
  static CacheFile open(Path path) {
    return LocalFile.open(path, file -> new CacheFile(file.connect(), file));
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
      if (file != null) {
        file.close();
      }
    }
  }
}
