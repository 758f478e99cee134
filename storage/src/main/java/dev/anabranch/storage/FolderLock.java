package dev.anabranch.storage;

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
import org.jspecify.annotations.Nullable;

/// The ownership of a data folder: one process at a time, ended by the system when the process
/// ends.
public final class FolderLock implements AutoCloseable {

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Takes the folder, which is made when it is not there.
  ///
  /// @throws StoreFailure when another process has it, or the folder cannot be written
  public static FolderLock take(Path folder) {
    Path file = folder.resolve("lock");
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel) == null) {
        channel.close();
        throw taken(folder);
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
      return new FolderLock(channel);
    } catch (IOException failure) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN,
          "the data folder " + folder + " cannot be written: " + failure + "; check its rights",
          failure);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException oursAlready) {
      return null;
    }
  }

  private static StoreFailure taken(Path folder) {
    return new StoreFailure(
        StoreFailure.Kind.LOCKED,
        "the data folder "
            + folder
            + " is in use by another process ("
            + owner(folder)
            + "); stop that one, or choose another folder with --data");
  }

  private static String owner(Path folder) {
    try {
      return "process " + Files.readString(folder.resolve("lock")).strip();
    } catch (IOException unreadable) {
      return "unknown";
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failure) {
      throw new StoreFailure(
          StoreFailure.Kind.BROKEN, "the data folder's lock could not be given back", failure);
    }
  }
}
