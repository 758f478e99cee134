package dev.anabranch.protocol.document.server;

import dev.anabranch.crdt.UpdateV1;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A session's updates on their way to the disk: while one commit is under way the next ones
/// gather, and go together as one change.
final class UpdateQueue {
  private final Consumer<List<UpdateV1>> commit;
  private final int batchBytesMax;
  private List<UpdateV1> gathered = new ArrayList<>();
  private long gatheredBytes;
  private boolean isBusy;

  /// @param commit takes a batch; [#settled] is called when it is on disk
  UpdateQueue(int batchBytesMax, Consumer<List<UpdateV1>> commit) {
    this.batchBytesMax = batchBytesMax;
    this.commit = commit;
  }

  void add(UpdateV1 update) {
    gathered.add(update);
    gatheredBytes += update.bytes().length;
  }

  /// Bytes that wait.
  long bytes() {
    return gatheredBytes;
  }

  boolean isBusy() {
    return isBusy;
  }

  /// Sends what has gathered, unless a commit is under way.
  void flush() {
    if (isBusy || gathered.isEmpty()) {
      return;
    }
    isBusy = true;
    commit.accept(take());
  }

  /// The commit under way has come to its end.
  void settled() {
    isBusy = false;
    flush();
  }

  /// Forgets what has gathered.
  void clear() {
    gathered = new ArrayList<>();
    gatheredBytes = 0;
  }

  /// What fits into one change; at least one update.
  List<UpdateV1> take() {
    List<UpdateV1> batch = new ArrayList<>();
    long bytes = 0;
    for (UpdateV1 update : gathered) {
      bytes += update.bytes().length;
      if (bytes > batchBytesMax && !batch.isEmpty()) {
        break;
      }
      batch.add(update);
    }
    gathered = new ArrayList<>(gathered.subList(batch.size(), gathered.size()));
    gatheredBytes = gathered.stream().mapToLong(update -> update.bytes().length).sum();
    return batch;
  }
}
