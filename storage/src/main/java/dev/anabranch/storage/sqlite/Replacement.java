package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.sql.Session;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/// A database file that is made beside the one whose place it takes when it is whole: whatever
/// breaks off before leaves that one as it was.
final class Replacement {

  private static final String MOVE_LOG = "pragma wal_checkpoint(full)";

  private final Path file;
  private final Path partial;

  /// That of a file, which may be missing or damaged.
  Replacement(Path file) {
    this.file = file;
    this.partial = file.resolveSibling(file.getFileName() + ".partial");
  }

  /// Where it is made.
  Path partial() {
    return partial;
  }

  /// Takes away what is left of one that was not finished.
  void discard() {
    try {
      for (Path each : withLogs(partial)) {
        Files.deleteIfExists(each);
      }
    } catch (IOException failure) {
      throw SqliteFailures.of(partial, failure);
    }
  }

  private static List<Path> withLogs(Path database) {
    return Stream.of("", "-wal", "-shm", "-journal")
        .map(ending -> database.resolveSibling(database.getFileName() + ending))
        .toList();
  }

  /// Gives it the other's place. What the write-ahead log of the old file holds would be laid over
  /// the new one: it is moved into the old file before. Where it cannot be, the old file goes
  /// first, for without its log nobody would see that it lacks something.
  void swapIn() {
    boolean whole = isWholeWithoutLog();
    try {
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      List<Path> old = withLogs(file);
      for (Path each : whole ? old.subList(1, old.size()) : old) {
        Files.deleteIfExists(each);
      }
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      syncFolder();
    } catch (IOException failure) {
      throw SqliteFailures.of(file, failure);
    }
  }

  /// Makes the new name durable, before anything is dropped for it.
  private void syncFolder() throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// Whether the old file stands for itself, once what its write-ahead log holds was moved into it.
  private boolean isWholeWithoutLog() {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      WalCheck.refuseDamage(file);
      try (Session old = SqliteConnections.writing(file, 1024)) {
        old.connection().setAutoCommit(true);
        return Boolean.TRUE.equals(old.first(MOVE_LOG, Replacement::isMoved));
      }
    } catch (SQLException | StoreFailure unusable) {
      return false;
    }
  }

  /// @param row whether somebody kept it from that, how many pages the log has, how many were moved
  private static boolean isMoved(ResultSet row) throws SQLException {
    return row.getLong(1) == 0 && row.getLong(2) == row.getLong(3);
  }
}
