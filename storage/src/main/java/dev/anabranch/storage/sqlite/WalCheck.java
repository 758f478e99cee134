package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.StoreFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Reads a file's write-ahead log before SQLite does, and tells a damaged one from a torn end.
///
/// SQLite stops without a word at the first frame that does not add up and forgets everything
/// behind it, acknowledged or not. After a crash only the last transaction can be torn, because
/// each commit is synced before the next one begins. So a bad frame with two commits behind it, or
/// a bad header in front of frames, is damage (file format: sqlite.org/fileformat2.html, "The
/// Write-Ahead Log").
final class WalCheck {

  private static final int HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;
  private static final int MAGIC = 0x377f0682;

  private final FileChannel channel;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private int sum0;
  private int sum1;

  private WalCheck(FileChannel channel) {
    this.channel = channel;
  }

  /// Throws `CORRUPT` when the log of a database file is damaged; no log is fine.
  static void refuseDamage(Path database) {
    Path wal = database.resolveSibling(database.getFileName() + "-wal");
    if (!Files.exists(wal)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(wal, StandardOpenOption.READ)) {
      long damagedFrame = new WalCheck(channel).damagedFrame();
      if (damagedFrame >= 0) {
        throw new StoreFailure(
            StoreFailure.Kind.CORRUPT,
            wal.toAbsolutePath()
                + " is damaged at frame "
                + damagedFrame
                + ", before commits that were acknowledged; keep a copy of the folder and restore"
                + " a backup");
      }
    } catch (IOException failure) {
      throw SqliteFailures.of(wal, failure);
    }
  }

  /// The first damaged frame, 0 for the header; −1 when there is none.
  private long damagedFrame() throws IOException {
    if (channel.size() < HEADER_BYTES + FRAME_HEADER_BYTES) {
      return -1;
    }
    channel.read(header, 0);
    if (isBlank(header)) {
      return -1;
    }
    int magic = header.getInt(0);
    if ((magic & ~1) != MAGIC) {
      return 0;
    }
    order = (magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    add(header, 0, HEADER_BYTES - 8);
    return sum0 == header.getInt(24) && sum1 == header.getInt(28) ? frames() : 0;
  }

  private long frames() throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME_HEADER_BYTES + header.getInt(8));
    long damaged = -1;
    int commitsBehind = 0;
    long number = 1;
    for (long at = HEADER_BYTES; at + frame.capacity() <= channel.size(); number++) {
      frame.clear();
      channel.read(frame, at);
      at += frame.capacity();
      if (!isOfThisLog(frame) && damaged < 0 && !isIsolated(at, frame.capacity())) {
        return -1; // left over from an earlier round of the log
      }
      if (damaged < 0 && !addsUp(frame)) {
        damaged = number;
      } else if (damaged >= 0 && isOfThisLog(frame) && frame.getInt(4) != 0) {
        commitsBehind++;
      }
    }
    return commitsBehind >= 2 ? damaged : -1;
  }

  /// Whether a frame with foreign salts stands in front of one with ours: then its own header is
  /// hit.
  private boolean isIsolated(long next, int frameBytes) throws IOException {
    ByteBuffer following = ByteBuffer.allocate(FRAME_HEADER_BYTES);
    return next + frameBytes <= channel.size()
        && channel.read(following, next) == FRAME_HEADER_BYTES
        && isOfThisLog(following);
  }

  private boolean isOfThisLog(ByteBuffer frame) {
    return frame.getInt(8) == header.getInt(16) && frame.getInt(12) == header.getInt(20);
  }

  private boolean addsUp(ByteBuffer frame) {
    add(frame, 0, 8);
    add(frame, FRAME_HEADER_BYTES, frame.capacity() - FRAME_HEADER_BYTES);
    return isOfThisLog(frame) && sum0 == frame.getInt(16) && sum1 == frame.getInt(20);
  }

  private void add(ByteBuffer bytes, int from, int length) {
    ByteBuffer words = bytes.duplicate().order(order);
    for (int at = from; at < from + length; at += 8) {
      sum0 += words.getInt(at) + sum1;
      sum1 += words.getInt(at + 4) + sum0;
    }
  }

  private static boolean isBlank(ByteBuffer bytes) {
    for (int at = 0; at < bytes.capacity(); at++) {
      if (bytes.get(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
