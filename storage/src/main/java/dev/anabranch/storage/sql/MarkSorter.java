package dev.anabranch.storage.sql;

import dev.anabranch.kernel.store.StoreFailure;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Has waiting marks sorted in a while after the first of them came, so that what is read in quiet
/// times stands in the indexes.
final class MarkSorter implements AutoCloseable {
  private final long delayMillis;
  private final Runnable sorting;
  private final AtomicBoolean due = new AtomicBoolean();
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
        Future<?> ignored = timer.schedule(this::sortIn, delayMillis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        return; // they are sorted in when the store is opened again
      }
    }
  }

  private void sortIn() {
    due.set(false);
    try {
      sorting.run();
    } catch (StoreFailure failure) {
      if (failure.kind() == StoreFailure.Kind.BUSY) {
        soon();
      }
      // Any other is kept by the store: the next write is answered with it.
    }
  }

  /// Waits for nothing: what runs holds the store's lock.
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
