package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.DeviceId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A local copy in one SQLite file.
///
/// One connection writes, another one reads what is committed (write-ahead log). A commit is synced
/// to disk before [#write] returns, so a queued write survives kill −9 and power loss. A lock file
/// beside the database keeps a second process out.
public final class SqliteReplica implements ReplicaStore {

  private static final int VERSION = 2;

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
    }
  };

  private final FileChannel lockFile;
  private final Connection writer;
  private final Connection reader;
  private final SqliteTransaction writing;
  private final SqliteTransaction reading;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final ReentrantLock readLock = new ReentrantLock();
  private final Path file;

  private SqliteReplica(Path file, FileChannel lockFile, DeviceId fresh) throws SQLException {
    this.file = file;
    this.lockFile = lockFile;
    this.writer = connect(file);
    try {
      migrate(writer, fresh);
      this.reader = connect(file);
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
    Path absolute = file.toAbsolutePath();
    FileChannel lockFile = null;
    try {
      Path folder = absolute.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      lockFile = lock(absolute);
      return new SqliteReplica(absolute, lockFile, fresh);
    } catch (IOException | SQLException failure) {
      closeQuietly(lockFile);
      throw new ReplicaFailure(
          "the local copy " + absolute + " cannot be opened: " + failure.getMessage(), failure);
    } catch (RuntimeException failure) {
      closeQuietly(lockFile);
      throw failure;
    }
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file.resolveSibling(file.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    FileLock held = tryLock(channel);
    if (held == null) {
      channel.close();
      throw new ReplicaFailure(
          "the local copy " + file + " is open already; give every client a file of its own");
    }
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldInThisProcess) {
      return null;
    }
  }

  private static void closeQuietly(@Nullable FileChannel lockFile) {
    if (lockFile != null) {
      try {
        lockFile.close();
      } catch (IOException failure) {
        throw new ReplicaFailure("the lock file cannot be closed", failure);
      }
    }
  }

  private static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("pragma synchronous = full");
      statement.execute("pragma busy_timeout = 5000");
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  private static void migrate(Connection connection, DeviceId fresh) throws SQLException {
    int version = userVersion(connection);
    if (version > VERSION) {
      throw new ReplicaFailure(
          "the local copy has schema " + version + ", this program knows up to " + VERSION);
    }
    if (version == VERSION) {
      return;
    }
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (int next = version; next < VERSION; next++) {
        for (String sql : SCHEMA[next]) {
          statement.execute(sql);
        }
      }
      statement.execute("pragma user_version = " + VERSION);
    }
    if (version == 0) {
      name(connection, fresh);
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void name(Connection connection, DeviceId fresh) throws SQLException {
    try (var insert = connection.prepareStatement("insert into device (id) values (?)")) {
      insert.setString(1, fresh.text());
      insert.execute();
    }
  }

  private static int userVersion(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery("pragma user_version")) {
      return found.getInt(1);
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
    try (FileChannel unlocked = lockFile) {
      transactionEnd();
    } catch (IOException | SQLException failure) {
      throw new ReplicaFailure("the local copy " + file + " cannot be closed", failure);
    } finally {
      readLock.unlock();
      writeLock.unlock();
    }
  }

  private void transactionEnd() throws SQLException {
    reading.close();
    writing.close();
    reader.close();
    writer.close();
  }
}
