package dev.anabranch.simulation;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.testkit.TestWriter;
import dev.anabranch.testkit.promise.K1DenseOrder;
import java.util.ArrayList;
import java.util.List;

/// Somebody who asks again and again for ids above the last one: K1 says that it misses nothing.
final class PollingReader {

  private static final PageLimit PAGE = new PageLimit(3, 100_000);
  private static final long PERIOD_MILLIS_MAX = 300;

  private final World world;
  private final ScopeName scope;
  private final List<Long> seen = new ArrayList<>();
  private long from;

  PollingReader(World world, ScopeName scope) {
    this.world = world;
    this.scope = scope;
  }

  void start() {
    world.scheduler.afterMillis(1 + world.random.nextLong(PERIOD_MILLIS_MAX), this::poll);
  }

  private void poll() {
    SimulatedServer.Process process = world.server.process();
    if (process != null) {
      long last = seen.isEmpty() ? from : seen.getLast();
      process
          .kernel
          .read(TestWriter.OWNER, scope, last, PAGE)
          .whenComplete((answer, failure) -> {
            if (failure == null && process.alive()) {
              came(last, answer);
            }
          });
    }
    start();
  }

  private void came(long after, Answer<Reading> answer) {
    long last = seen.isEmpty() ? from : seen.getLast();
    if (after != last || !(answer instanceof Answer.Given<Reading>(Reading reading))) {
      return;
    }
    switch (reading) {
      case Reading.Page page -> page.changes().forEach(change -> seen.add(change.id()));
      case Reading.Refetch ignored -> {
        List<Change> log = world.truth.log(scope);
        from = log.isEmpty() ? 0 : log.getLast().id();
        seen.clear();
      }
    }
    if (seen.isEmpty() || seen.getLast() == last) {
      return;
    }
    List<Long> committed = world.truth.log(scope).stream().map(Change::id).toList();
    world.broke(K1DenseOrder.skipped(committed, from, seen));
  }
}
