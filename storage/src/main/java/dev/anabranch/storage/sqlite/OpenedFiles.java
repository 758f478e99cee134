package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files of a data folder that are open, by device and inode.
///
/// A file that is removed or replaced while it is open takes what is written and syncs it, and
/// nobody finds it again: what was acknowledged is lost with the process. A write-ahead log without
/// its name is as bad, for the next one who opens the database begins another one. So the names are
/// looked at behind every commit, before it is acknowledged, and every [#BEAT_SECONDS].
final class OpenedFiles implements AutoCloseable {

  static final int BEAT_SECONDS = 2;

  /// In place of the key on file systems that have none.
  private static final Object PRESENT = new Object();

  private final List<Path> log;
  private final List<Path> all;
  private final Map<Path, Object> opened = new ConcurrentHashMap<>();
  private final AtomicReference<Runnable> doubting = new AtomicReference<>(() -> {});
  private final ScheduledExecutorService beat =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("anabranch-files").factory());

  /// Those of two databases that were just opened; what SQLite keeps beside them counts from when
  /// it is first there.
  OpenedFiles(Path database, Path marks) {
    this.log = List.of(database, beside(database, "-wal"));
    this.all =
        Stream.of(database, marks)
            .flatMap(file -> Stream.of(file, beside(file, "-wal"), beside(file, "-shm")))
            .toList();
    all.forEach(this::look);
    var unused =
        beat.scheduleWithFixedDelay(this::look, BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
  }

  private static Path beside(Path file, String end) {
    return file.resolveSibling(file.getFileName() + end);
  }

  /// @throws StoreFailure `CORRUPT` when one of them is not there, or another one is
  void refuseReplaced() {
    all.forEach(this::look);
  }

  /// Likewise of those that hold what was just committed.
  void refuseReplacedLog() {
    log.forEach(this::look);
  }

  /// Who is told at each beat that finds one replaced.
  void whenReplaced(Runnable told) {
    doubting.set(told);
  }

  private void look() {
    try {
      refuseReplaced();
    } catch (StoreFailure replaced) {
      doubting.get().run();
    }
  }

  private void look(Path file) {
    Object there;
    try {
      there = key(file);
    } catch (IOException unknown) {
      return; // whoever reads or writes it finds out more
    }
    Object before = there == null ? opened.get(file) : opened.putIfAbsent(file, there);
    if (before != null && !before.equals(there)) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          file.toAbsolutePath()
              + (there == null ? " was removed" : " was replaced by another file")
              + " while it was open: nothing that is written would be found again. Find out who did"
              + " that, put the data folder back as it was, or restore a backup");
    }
  }

  /// Null when it is not there.
  private static @Nullable Object key(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return Objects.requireNonNullElse(key, PRESENT);
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  @Override
  public void close() {
    beat.shutdownNow();
  }
}
