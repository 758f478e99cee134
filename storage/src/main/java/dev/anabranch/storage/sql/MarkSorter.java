package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Has waiting marks sorted in a while after the first of them came, or at once when they are many,
/// on a thread of its own.
final class MarkSorter implements AutoCloseable {
  private final long delayMillis;
  private final Runnable sorting;
  private final AtomicBoolean due = new AtomicBoolean();
  private final AtomicBoolean dueNow = new AtomicBoolean();
  // Its thread begins with the first task.
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("anabranch-marks").factory());

  MarkSorter(long delayMillis, Runnable sorting) {
    this.delayMillis = delayMillis;
    this.sorting = sorting;
  }

  /// Marks wait from now on.
  void soon() {
    if (due.compareAndSet(false, true)) {
      try {
        Future<?> ignored = timer.schedule(this::sortInLater, delayMillis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        return; // they are sorted in when the store is opened again
      }
    }
  }

  /// Many wait.
  void now() {
    if (dueNow.compareAndSet(false, true)) {
      try {
        timer.execute(() -> {
          dueNow.set(false);
          sortIn();
        });
      } catch (RejectedExecutionException closed) {
        return;
      }
    }
  }

  private void sortInLater() {
    due.set(false);
    sortIn();
  }

  private void sortIn() {
    try {
      sorting.run();
    } catch (StoreFailure failure) {
      if (failure.kind() == StoreFailure.Kind.BUSY) {
        soon();
      }
      // Any other is kept by the store: the next write is answered with it.
    }
  }

  /// Waits for nothing: what runs holds a lock of the store's.
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
