package dev.anabranch.cli.demo;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.client.PendingWrite;
import dev.anabranch.client.Scope;
import dev.anabranch.client.replica.Draft;
import dev.anabranch.client.session.WriteOutcome;
import dev.anabranch.kernel.log.EntityKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which changes of a recorded history are applied, and who has to wait for whom: a change waits
/// until the one before it of the same file is applied, whoever made that.
final class History {

  private static final int NOBODY = -1;
  private static final int BATCH_MAX = 64;

  private final List<FileChange> changes;
  private final int[] before;
  private final BitSet applied = new BitSet();
  private final Consumer<Integer> progress;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Condition done = lock.newCondition();
  private int count;
  private @Nullable String trouble;

  /// @param progress is told how many changes were applied
  History(List<FileChange> changes, Consumer<Integer> progress) {
    this.changes = changes;
    this.progress = progress;
    this.before = new int[changes.size()];
    Map<String, Integer> last = new HashMap<>();
    for (int index = 0; index < changes.size(); index++) {
      Integer earlier = last.put(changes.get(index).path(), index);
      before[index] = earlier == null ? NOBODY : earlier;
    }
  }

  TreeSet<String> devices() {
    TreeSet<String> devices = new TreeSet<>();
    changes.forEach(change -> devices.add(change.device()));
    return devices;
  }

  /// Writes a device's changes in their order, each no earlier than the change before it of the
  /// same file is applied.
  void write(String device, Scope scope, Random random) {
    try {
      List<Integer> batch = new ArrayList<>();
      int batchMax = 1 + random.nextInt(BATCH_MAX);
      for (int index = 0; index < changes.size(); index++) {
        if (!changes.get(index).device().equals(device)) {
          continue;
        }
        if (!isReady(index) || batch.size() >= batchMax) {
          queue(batch, scope);
          batch.clear();
          batchMax = 1 + random.nextInt(BATCH_MAX);
          awaitReady(index);
        }
        batch.add(index);
      }
      queue(batch, scope);
    } catch (RuntimeException | InterruptedException failure) {
      giveUp(device + ": " + failure);
    }
  }

  private void queue(List<Integer> batch, Scope scope) {
    List<PendingWrite> written =
        scope.write(batch.stream().map(index -> draft(changes.get(index), scope)).toList());
    for (int position = 0; position < batch.size(); position++) {
      int index = batch.get(position);
      written
          .get(position)
          .outcome()
          .thenAccept(outcome -> settled(index, outcome))
          .exceptionally(failure -> {
            giveUp(failure.toString());
            return null;
          });
    }
  }

  private static Draft draft(FileChange change, Scope scope) {
    EntityKey file = scope.key(Replay.MODEL, change.path());
    return switch (change.action()) {
      case INSERT -> Draft.put(file, change.content());
      case UPDATE -> Draft.patch(file, change.content());
      case DELETE -> Draft.delete(file);
      case MERGE -> throw new IllegalArgumentException("a history of files has no merges");
    };
  }

  private void settled(int index, WriteOutcome outcome) {
    if (!(outcome instanceof WriteOutcome.Applied)) {
      giveUp("change " + index + " " + changes.get(index) + " came to " + outcome);
      return;
    }
    lock.lock();
    try {
      applied.set(index);
      count++;
      moved.signalAll();
      if (count == changes.size()) {
        done.signalAll();
      }
    } finally {
      lock.unlock();
    }
    progress.accept(count);
  }

  private boolean isReady(int index) {
    lock.lock();
    try {
      return before[index] == NOBODY || applied.get(before[index]);
    } finally {
      lock.unlock();
    }
  }

  private void awaitReady(int index) throws InterruptedException {
    lock.lock();
    try {
      while (before[index] != NOBODY && !applied.get(before[index])) {
        checkTrouble();
        moved.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until so many changes are applied.
  void awaitApplied(int atLeast) throws InterruptedException {
    lock.lock();
    try {
      while (count < atLeast) {
        checkTrouble();
        moved.await();
      }
      checkTrouble();
    } finally {
      lock.unlock();
    }
  }

  void awaitAll() throws InterruptedException {
    awaitApplied(changes.size());
  }

  /// Waits for some time; tells whether everything is applied, or lost.
  boolean isDoneWithin(long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (count < changes.size() && trouble == null && left > 0) {
        left = done.awaitNanos(left);
      }
      return count >= changes.size() || trouble != null;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Something went wrong; everybody who waits stops.
  void giveUp(String why) {
    lock.lock();
    try {
      trouble = trouble == null ? why : trouble;
      moved.signalAll();
      done.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkTrouble() {
    if (trouble != null) {
      throw new CommandFailure(CommandFailure.NO, trouble);
    }
  }
}
