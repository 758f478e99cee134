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
final class MarkSettler implements AutoCloseable {
  private final long delayMillis;
  private final Runnable settling;
  private final AtomicBoolean due = new AtomicBoolean();
  // Its thread begins with the first task.
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("anabranch-marks").factory());

  MarkSettler(long delayMillis, Runnable settling) {
    this.delayMillis = delayMillis;
    this.settling = settling;
  }

  /// Marks wait from now on.
  void soon() {
    if (due.compareAndSet(false, true)) {
      try {
        Future<?> ignored = timer.schedule(this::settle, delayMillis, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        return; // they are sorted in when the store is opened again
      }
    }
  }

  private void settle() {
    due.set(false);
    try {
      settling.run();
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
