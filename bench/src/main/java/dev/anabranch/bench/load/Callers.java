package dev.anabranch.bench.load;

import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The sockets that write, as a group: who is free, what was answered.
final class Callers {
  private final Exchange exchange;
  private final Deque<Caller> idle = new ArrayDeque<>();
  private final Histogram delays = Histograms.nanos();
  private long accepted;
  private long refused;
  private String firstRefusal = "";

  Callers(Exchange exchange) {
    this.exchange = exchange;
  }

  Exchange exchange() {
    return exchange;
  }

  void idle(Caller caller) {
    idle.add(caller);
  }

  @Nullable Caller next() {
    return idle.poll();
  }

  /// Keeps the first refusal, so that a run can say what went wrong.
  void refusedWith(String answer) {
    firstRefusal = firstRefusal.isEmpty() ? answer : firstRefusal;
  }

  String firstRefusal() {
    return firstRefusal;
  }

  void answered(boolean yes, long nanos) {
    if (yes) {
      accepted++;
    } else {
      refused++;
    }
    delays.recordValue(Math.min(nanos, delays.getHighestTrackableValue()));
  }

  long answers() {
    return accepted + refused;
  }

  long accepted() {
    return accepted;
  }

  long refused() {
    return refused;
  }

  Histogram delays() {
    return delays;
  }

  void reset() {
    accepted = 0;
    refused = 0;
    firstRefusal = "";
    delays.reset();
  }
}
