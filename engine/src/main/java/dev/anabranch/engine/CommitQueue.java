package dev.anabranch.engine;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.log.Outcome;
import dev.anabranch.kernel.log.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Calls waiting for the writer, bounded by writes and bytes (K11). Many threads put, one takes.
final class CommitQueue {

  /// A call and who waits for its outcomes.
  ///
  /// @param bytes about how many bytes it holds
  /// @param arrivedNanos when it came
  record Waiting(
      Commit call, CompletableFuture<List<Outcome>> answer, long bytes, long arrivedNanos) {}

  private final ConcurrentLinkedQueue<Waiting> calls = new ConcurrentLinkedQueue<>();
  private final Room writes;
  private final Room bytes;
  private final EngineLimits limits;

  CommitQueue(EngineLimits limits) {
    this.limits = limits;
    this.writes = new Room(limits.queueWritesMax());
    this.bytes = new Room(limits.queueBytesMax());
  }

  /// Puts a call at the end; null when there is no room.
  @Nullable Waiting offer(Commit call, long nowNanos) {
    long size = size(call);
    if (!writes.take(call.writes().size())) {
      return null;
    }
    if (!bytes.take(size)) {
      writes.give(call.writes().size());
      return null;
    }
    Waiting waiting = new Waiting(call, new CompletableFuture<>(), size, nowNanos);
    calls.add(waiting);
    return waiting;
  }

  /// Takes what fits into one batch, at least one call unless there is none.
  List<Waiting> take() {
    List<Waiting> batch = new ArrayList<>();
    int taken = 0;
    for (Waiting next = calls.peek(); next != null; next = calls.peek()) {
      int size = next.call().writes().size();
      if (taken > 0 && taken + size > limits.batchWritesMax()) {
        break;
      }
      calls.poll();
      batch.add(next);
      taken += size;
      bytes.give(next.bytes());
    }
    writes.give(taken);
    return batch;
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  int writes() {
    return (int) writes.taken();
  }

  long bytes() {
    return bytes.taken();
  }

  private static long size(Commit call) {
    long size = 0;
    for (Write write : call.writes()) {
      size += 300;
      size += write.data() == null ? 0 : write.data().text().length();
      size += write.body() == null ? 0 : write.body().size();
      size += write.proof() == null ? 0 : write.proof().size();
    }
    return size;
  }
}
