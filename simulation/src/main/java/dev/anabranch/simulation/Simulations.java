package dev.anabranch.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/// Many seeds in a row.
///
/// @param seeds how many were run
/// @param failures the runs that broke a law, at most [#FAILURES_MAX]
/// @param failed how many broke a law
/// @param happened how often each kind of thing happened in all of them
/// @param events how many events they had
/// @param virtualMillis how much time passed in them
public record Simulations(
    long seeds,
    List<SimulationResult> failures,
    long failed,
    Map<String, Long> happened,
    long events,
    long virtualMillis) {

  /// The most failures that are kept whole.
  public static final int FAILURES_MAX = 10;

  public Simulations {
    failures = List.copyOf(failures);
    happened = Map.copyOf(happened);
  }

  /// Runs seeds that follow each other, as many at a time as there are processors; each run has one
  /// thread for itself.
  ///
  /// @param firstSeed the first
  /// @param count how many
  /// @param progress is told every result as it comes, one at a time
  public static Simulations run(long firstSeed, long count, Consumer<SimulationResult> progress) {
    Sum sum = new Sum();
    LongStream.range(firstSeed, firstSeed + count)
        .parallel()
        .mapToObj(Simulation::run)
        .forEach(result -> sum.add(result, progress));
    return new Simulations(
        count, sum.failures, sum.failed, sum.happened, sum.events, sum.virtualMillis);
  }

  /// What came of the runs so far; from any thread.
  private static final class Sum {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<SimulationResult> failures = new ArrayList<>();
    private final Map<String, Long> happened = new TreeMap<>();
    private long failed;
    private long events;
    private long virtualMillis;

    void add(SimulationResult result, Consumer<SimulationResult> progress) {
      lock.lock();
      try {
        progress.accept(result);
        result.happened().forEach((what, times) -> happened.merge(what, times, Long::sum));
        events += result.events();
        virtualMillis += result.virtualMillis();
        if (!result.isSound()) {
          failed++;
          if (failures.size() < FAILURES_MAX) {
            failures.add(result);
          }
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
