package dev.anabranch.testkit;

import dev.anabranch.kernel.store.StoreFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/// Records on a [Disk]: length, CRC-32, content; a torn tail is cut off when it is opened.
final class Journal {

  private static final int HEADER_BYTES = 8;

  private final Disk disk;
  private final List<byte[]> recovered = new ArrayList<>();

  private Journal(Disk disk) {
    this.disk = disk;
  }

  /// Opens a disk and reads its whole records.
  static Journal open(Disk disk) {
    Journal journal = new Journal(disk);
    ByteBuffer content = ByteBuffer.wrap(disk.open());
    int whole = 0;
    while (journal.takeRecord(content)) {
      whole = content.position();
    }
    try {
      if (whole < content.limit()) {
        disk.truncate(whole);
      }
      disk.sync(); // what was found may never have been synced, and is about to be shown
    } catch (StoreFailure failure) {
      disk.close();
      throw failure;
    }
    return journal;
  }

  private boolean takeRecord(ByteBuffer content) {
    if (content.remaining() < HEADER_BYTES) {
      return false;
    }
    int length = content.getInt();
    int sum = content.getInt();
    if (length < 0 || length > content.remaining()) {
      return false;
    }
    byte[] payload = new byte[length];
    content.get(payload);
    if (sum != sumOf(payload)) {
      return false;
    }
    recovered.add(payload);
    return true;
  }

  /// The records that were there when it was opened.
  List<byte[]> recovered() {
    return recovered;
  }

  /// Adds a record and makes it survive a crash.
  void add(byte[] payload) {
    ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + payload.length);
    record.putInt(payload.length).putInt(sumOf(payload)).put(payload);
    byte[] bytes = new byte[record.flip().remaining()];
    record.get(bytes);
    disk.append(bytes);
    disk.sync();
  }

  void close() {
    disk.close();
  }

  private static int sumOf(byte[] payload) {
    CRC32 sum = new CRC32();
    sum.update(payload);
    return (int) sum.getValue();
  }
}
