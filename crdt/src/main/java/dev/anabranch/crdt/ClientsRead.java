package dev.anabranch.crdt;

import dev.anabranch.crdt.encoding.MalformedUpdate;
import java.util.Arrays;

/// The clients of an update in the order in which they stand there: each once.
///
/// Every known writer puts the greatest first; others' updates are read as well.
final class ClientsRead {
  private long[] ids = new long[4];
  private int count;
  private boolean descending = true;

  /// Takes the next client that has blocks.
  void add(long id) {
    descending &= count == 0 || id < ids[count - 1];
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, count * 2);
    }
    ids[count++] = id;
  }

  boolean isDescending() {
    return descending;
  }

  /// Refuses an update of which one half would be lost.
  void refuseTwice() {
    if (descending) {
      return;
    }
    long[] sorted = Arrays.copyOf(ids, count);
    Arrays.sort(sorted);
    for (int i = 1; i < count; i++) {
      if (sorted[i - 1] == sorted[i]) {
        throw new MalformedUpdate("client " + sorted[i] + " stands twice in the update");
      }
    }
  }
}
