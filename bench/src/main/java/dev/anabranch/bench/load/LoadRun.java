package dev.anabranch.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One run of load, advanced by the loop between two rounds of reading.
final class LoadRun implements LoadLoop.Activity {
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Load load;
  private final Callers callers;
  private final List<ReaderGroup> readers;
  private final CompletableFuture<LoadResult> result = new CompletableFuture<>();
  private long startNanos;
  private long sent;
  private long lastAnswerNanos;
  private boolean writing = true;
  private long writingEndNanos;

  LoadRun(Load load, Callers callers, List<ReaderGroup> readers) {
    this.load = load;
    this.callers = callers;
    this.readers = readers;
  }

  void start() {
    callers.reset();
    readers.forEach(ReaderGroup::reset);
    startNanos = System.nanoTime();
    lastAnswerNanos = startNanos;
  }

  CompletableFuture<LoadResult> result() {
    return result;
  }

  String progress() {
    return sent + " sent, " + callers.answers() + " answered, " + delivered() + " delivered";
  }

  @Override
  public long advance(long nanos) throws IOException {
    if (callers.answers() < sent || writing) {
      lastAnswerNanos = nanos;
    }
    if (writing) {
      long wait = write(nanos);
      if (sent < load.changes() && nanos - startNanos < load.duration().toNanos()) {
        return wait;
      }
      writing = false;
      writingEndNanos = nanos;
    }
    if (isComplete() || nanos - writingEndNanos > load.patience().toNanos()) {
      result.complete(outcome(nanos));
      return TimeUnit.MILLISECONDS.toNanos(200);
    }
    return LOOK_AGAIN_NANOS;
  }

  private boolean isComplete() {
    return callers.answers() >= sent && delivered() >= callers.accepted() * audience();
  }

  private long write(long nanos) throws IOException {
    while (sent < load.changes()) {
      long wait = waitNanos(nanos);
      if (wait > 0) {
        return wait;
      }
      Caller caller = callers.next();
      if (caller == null) {
        return LOOK_AGAIN_NANOS;
      }
      caller.write(load.writes().write(sent, nanos), nanos);
      sent++;
    }
    return 0;
  }

  private long waitNanos(long nanos) {
    return switch (load.pace()) {
      case Pace.Free _ -> 0;
      case Pace.Rate rate ->
          Math.max(0, startNanos + (long) (sent * 1e9 / rate.perSecond()) - nanos);
      case Pace.Window window -> isFull(window) ? LOOK_AGAIN_NANOS : 0;
    };
  }

  private boolean isFull(Pace.Window window) {
    return sent * audience() - delivered() >= (long) window.changes() * audience();
  }

  private long audience() {
    long audience = 0;
    for (ReaderGroup group : readers) {
      audience += group.isStalled() ? 0 : group.audience();
    }
    return audience;
  }

  private long delivered() {
    long delivered = 0;
    for (ReaderGroup group : readers) {
      delivered += group.isStalled() ? 0 : group.tally().changes();
    }
    return delivered;
  }

  private LoadResult outcome(long nanos) {
    long bytes = 0;
    var deliveries = Histograms.nanos();
    for (ReaderGroup group : readers) {
      if (!group.isStalled()) {
        bytes += group.tally().bytes();
        deliveries.add(group.tally().delays());
      }
    }
    return new LoadResult(
        sent,
        callers.accepted(),
        callers.refused(),
        callers.firstRefusal(),
        callers.accepted() * audience(),
        delivered(),
        bytes,
        lastAnswerNanos - startNanos,
        nanos - startNanos,
        callers.delays().copy(),
        deliveries);
  }
}
