package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A data folder that this process owns, by the lock on its file `lock`.
///
/// The operating system gives the lock back when the process dies, however it dies – and when the
/// process closes any channel to the file: this process's own folders are known besides, and their
/// lock files are not opened a second time.
final class DataFolder implements AutoCloseable {

  private static final String DATABASE = "anabranch.db";
  private static final String LOCK = "lock";
  private static final String ROOM = "room.partial";
  private static final int ROOM_BYTES = 8 << 20;
  private static final int ROOM_PART_BYTES = 64 << 10;

  private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final Path real;
  private final FileChannel channel;
  private final FileLock lock;

  private DataFolder(Path path, Path real, FileChannel channel, FileLock lock) {
    this.path = path;
    this.real = real;
    this.channel = channel;
    this.lock = lock;
  }

  /// Takes a folder, which is made when it is not there.
  static DataFolder own(Path path) {
    try {
      Files.createDirectories(path);
      Path real = path.toRealPath();
      if (!OWNED.add(real)) {
        throw locked(path, thisProcess());
      }
      try {
        return lock(path, real);
      } catch (IOException | RuntimeException failure) {
        OWNED.remove(real);
        throw failure;
      }
    } catch (IOException failure) {
      throw SqliteFailures.of(path, failure);
    }
  }

  private static DataFolder lock(Path path, Path real) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw locked(path, holder(channel));
      }
      sign(channel);
      return new DataFolder(path, real, channel, lock);
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  /// The lock covers no byte that is written, so that others can read who holds it where locks are
  /// mandatory.
  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(Long.MAX_VALUE - 1, 1, false);
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  private static void sign(FileChannel channel) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(thisProcess().getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static String thisProcess() {
    return "process " + ProcessHandle.current().pid();
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer holder = ByteBuffer.allocate(100);
    int read = channel.read(holder, 0);
    return read < 1
        ? "another process"
        : new String(holder.array(), 0, read, StandardCharsets.UTF_8);
  }

  private static StoreFailure locked(Path path, String who) {
    return new StoreFailure(
        StoreFailure.Kind.LOCKED,
        "the data folder "
            + path.toAbsolutePath()
            + " is in use by "
            + who
            + "; stop that one first, or name another folder");
  }

  /// The database file in a folder.
  static Path databaseIn(Path folder) {
    return Objects.requireNonNull(folder).resolve(DATABASE);
  }

  Path database() {
    return databaseIn(path);
  }

  /// Makes sure of room for some batches, by taking it and giving it back: SQLite opens a database
  /// on a full disk, of which the next batch would be lost again.
  ///
  /// @throws StoreFailure `FULL` when there is none
  void refuseWithoutRoom() {
    Path room = path.resolve(ROOM);
    try {
      try (FileChannel taken =
          FileChannel.open(room, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        ByteBuffer part = ByteBuffer.allocate(ROOM_PART_BYTES);
        while (taken.position() < ROOM_BYTES) {
          taken.write(part.clear());
        }
        taken.force(true);
      } finally {
        Files.deleteIfExists(room);
      }
    } catch (IOException failure) {
      throw SqliteFailures.of(path, failure);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException alreadyGone) {
      throw SqliteFailures.of(path, alreadyGone);
    } finally {
      OWNED.remove(real);
    }
  }
}
