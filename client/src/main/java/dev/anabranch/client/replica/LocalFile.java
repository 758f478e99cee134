package dev.anabranch.client.replica;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// An SQLite file that one client owns: a lock file beside it keeps a second process out, a commit
/// is on disk before it returns, and its tables are brought up to date when it is opened.
public final class LocalFile implements AutoCloseable {

  // Closing any channel to a lock file gives this process's lock on it back: one that is held is
  // not opened a second time.
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private static final int LINKS_MAX = 40;

  private final Path file;
  private final FileChannel lock;

  private LocalFile(Path file, FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /// Something that is made of a file's connections.
  ///
  /// @param <T> what is made
  @FunctionalInterface
  public interface Opening<T> {
    /// Makes it; what it opened before it fails it closes again.
    T from(LocalFile file) throws SQLException;
  }

  /// Takes a file for this process alone and makes something of it; missing folders and the file
  /// itself are made.
  ///
  /// @throws ReplicaFailure when somebody has it, or it cannot be opened
  public static <T> T open(Path file, Opening<T> opening) {
    LocalFile own = null;
    try {
      own = own(real(file));
      return opening.from(own);
    } catch (IOException | SQLException failure) {
      close(own);
      throw new ReplicaFailure(
          "the local copy " + file + " cannot be opened: " + failure.getMessage(), failure);
    } catch (RuntimeException failure) {
      close(own);
      throw failure;
    }
  }

  /// The one name of a file, also of one that is still to be made: by another name of it a second
  /// process would find another lock.
  private static Path real(Path file) throws IOException {
    Path name = file.toAbsolutePath();
    for (int links = 0; links < LINKS_MAX; links++) {
      Path folder = Objects.requireNonNull(name.getParent(), "a file has a folder");
      Files.createDirectories(folder);
      name = folder.toRealPath().resolve(name.getFileName());
      if (!Files.isSymbolicLink(name)) {
        return name;
      }
      name = name.resolveSibling(Files.readSymbolicLink(name));
    }
    throw new FileSystemLoopException(file.toString());
  }

  private static LocalFile own(Path file) throws IOException {
    if (!OPEN.add(file)) {
      throw isOpen(file);
    }
    try {
      return new LocalFile(file, lock(file));
    } catch (IOException | RuntimeException failure) {
      OPEN.remove(file);
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
      if (channel.tryLock() == null) {
        throw isOpen(file);
      }
      return channel;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static ReplicaFailure isOpen(Path file) {
    return new ReplicaFailure(
        "the local copy " + file + " is open already; give every client a file of its own");
  }

  private static void close(@Nullable LocalFile own) {
    if (own != null) {
      own.close();
    }
  }

  /// A connection to it.
  public Connection connect() throws SQLException {
    return connect("jdbc:sqlite:" + file);
  }

  /// A connection to a database in memory, gone when it is closed.
  public static Connection inMemory() throws SQLException {
    return connect("jdbc:sqlite::memory:");
  }

  private static Connection connect(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
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

  /// Brings the tables up to date, all of it or nothing.
  ///
  /// @param steps what each version added, from nothing on
  /// @throws ReplicaFailure when a newer program made them
  public static void migrate(Connection connection, String[][] steps) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = version(statement);
      if (version > steps.length) {
        throw new ReplicaFailure(
            "the local copy has schema " + version + ", this program knows up to " + steps.length);
      }
      if (version == steps.length) {
        return;
      }
      connection.setAutoCommit(false);
      for (int next = version; next < steps.length; next++) {
        for (String sql : steps[next]) {
          statement.execute(sql);
        }
      }
      statement.execute("pragma user_version = " + steps.length);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet found = statement.executeQuery("pragma user_version")) {
      return found.getInt(1);
    }
  }

  /// Lets others have it; its connections are closed already.
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException failure) {
      throw new ReplicaFailure("the lock file cannot be closed", failure);
    } finally {
      OPEN.remove(file);
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
