package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.DeviceId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// A local copy in one SQLite file.
///
/// One connection writes, another one reads what is committed (write-ahead log). A commit is synced
/// to disk before [#write] returns, so a queued write survives kill −9 and power loss.
public final class SqliteReplica implements ReplicaStore {

  /// What each version added, from nothing on.
  private static final String[][] SCHEMA = {
    {
      "create table device (id text not null)",
      "create table cursor (scope text primary key, last_id integer not null,"
          + " last_seq integer not null) without rowid",
      "create table entity (scope text not null, model text not null, id text not null,"
          + " version integer not null, data text not null, body blob, created_at integer not null,"
          + " updated_at integer not null, sync_id integer not null,"
          + " primary key (scope, model, id)) without rowid",
      "create table staged (scope text not null, model text not null, id text not null,"
          + " version integer not null, data text not null, body blob, created_at integer not null,"
          + " updated_at integer not null, sync_id integer not null,"
          + " primary key (scope, model, id)) without rowid",
      "create table pending (number integer primary key autoincrement, key text not null,"
          + " scope text not null, model text not null, id text not null, action text not null,"
          + " data text, expected_version integer, seen text, accepted_id integer not null,"
          + " decided integer not null, unique (scope, key))",
      "create index pending_by_entity on pending (scope, model, id, number)",
    },
    {
      "alter table pending add column body blob",
      "create table document_update (number integer primary key autoincrement, scope text not null,"
          + " model text not null, id text not null, body blob not null)",
      "create index document_update_by_document on document_update (scope, model, id, number)",
    },
    {
      UnreadableWrites.TABLE,
      "alter table pending add column rests_on integer not null default 0",
      "alter table pending add column accepted_version integer not null default 0",
      "update pending set rests_on = coalesce((select max(earlier.number) from pending earlier"
          + " where earlier.scope = pending.scope and earlier.model = pending.model"
          + " and earlier.id = pending.id and earlier.number < pending.number), 0)"
          + " where expected_version is not null",
    }
  };

  private final LocalFile file;
  private final Connection writer;
  private final Connection reader;
  private final SqliteTransaction writing;
  private final SqliteTransaction reading;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final ReentrantLock readLock = new ReentrantLock();
  private boolean closed; // changed by whoever has both locks

  private SqliteReplica(LocalFile file, DeviceId fresh) throws SQLException {
    this.file = file;
    this.writer = file.connect();
    try {
      LocalFile.migrate(writer, SCHEMA);
      nameOnce(writer, fresh);
      UnreadableWrites.setAside(writer);
      this.reader = file.connect();
    } catch (SQLException | RuntimeException failure) {
      writer.close();
      throw failure;
    }
    this.writing = new SqliteTransaction(writer);
    this.reading = new SqliteTransaction(reader);
  }

  /// Opens a local copy, or makes one.
  ///
  /// @param file the database; missing folders are made
  /// @param fresh the device's name if the copy does not exist yet
  public static SqliteReplica open(Path file, DeviceId fresh) {
    return LocalFile.open(file, opened -> new SqliteReplica(opened, fresh));
  }

  /// What makes the tables of an earlier version, from nothing on.
  static List<String> schema(int version) {
    return Arrays.stream(SCHEMA, 0, version).flatMap(Arrays::stream).toList();
  }

  private static void nameOnce(Connection connection, DeviceId fresh) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "insert into device (id) select ? where not exists (select 1 from device)")) {
      insert.setString(1, fresh.text());
      insert.execute();
    }
  }

  @Override
  public <T> T write(Function<ReplicaTransaction, T> work) {
    writeLock.lock();
    try {
      return inTransaction("begin immediate", writing, work::apply);
    } finally {
      writeLock.unlock();
    }
  }

  @Override
  public <T> T read(Function<ReplicaReading, T> work) {
    readLock.lock();
    try {
      return inTransaction("begin", reading, work::apply);
    } finally {
      readLock.unlock();
    }
  }

  private <T> T inTransaction(
      String begin, SqliteTransaction transaction, Function<SqliteTransaction, T> work) {
    if (closed) {
      throw new ReplicaFailure("the local copy " + file + " is closed");
    }
    transaction.run(begin);
    T result;
    try {
      result = work.apply(transaction);
    } catch (RuntimeException | Error thrown) {
      transaction.rollBack();
      throw thrown;
    }
    transaction.run("commit");
    return result;
  }

  @Override
  public void close() {
    writeLock.lock();
    readLock.lock();
    try {
      if (!closed) {
        closed = true;
        end();
      }
    } finally {
      readLock.unlock();
      writeLock.unlock();
    }
  }

  private void end() {
    try (LocalFile unlocked = file) {
      closeConnections();
    } catch (SQLException failure) {
      throw new ReplicaFailure("the local copy " + file + " cannot be closed", failure);
    }
  }

  private void closeConnections() throws SQLException {
    reading.close();
    writing.close();
    reader.close();
    writer.close();
  }
}
