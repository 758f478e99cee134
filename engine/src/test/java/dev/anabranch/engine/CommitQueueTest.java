package dev.anabranch.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.commit.Commit;
import dev.anabranch.kernel.grant.Authority;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.testkit.promise.K11Bounds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The queue holds what its limits say (K11), however many come at the same moment.
@Timeout(60)
final class CommitQueueTest {

  private static final int WRITES_MAX = 5;
  private static final int THREADS = 8;
  private static final int ROUNDS = 5_000;
  private static final Caller OWNER = new Caller(new PrincipalId("owner"), Authority.OWNER, "test");

  private static EngineLimits limits(int writesMax, long bytesMax) {
    return new EngineLimits(
        3, writesMax, bytesMax, 10, 1_000, 3, 1_000, 64, 5, PageLimit.DEFAULT, 1, 1, 1, 1, 1, 1);
  }

  private static Commit call(int writes) {
    EntityKey entity =
        new EntityKey(new ScopeName("org:1"), new ModelName("note"), new EntityId("n"));
    List<Write> all = new ArrayList<>();
    for (int number = 0; number < writes; number++) {
      all.add(Write.insert(new WriteKey("k" + number), entity, JsonObject.EMPTY));
    }
    return new Commit(OWNER, all, false);
  }

  @Test
  void holdsNoMoreThanItMayThoughManyOfferAtOnce() throws Exception {
    CommitQueue queue = new CommitQueue(limits(WRITES_MAX, 1_000_000));
    K11Bounds bounds = new K11Bounds();
    bounds.watch("queueWritesMax", queue::writes, WRITES_MAX);
    CyclicBarrier together =
        new CyclicBarrier(
            THREADS,
            () -> {
              bounds.look();
              while (!queue.isEmpty()) {
                queue.take();
              }
            });
    Commit one = call(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        all.add(
            threads.submit(() -> {
              for (int round = 0; round < ROUNDS; round++) {
                queue.offer(one, 0);
                together.await();
              }
              return true;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(bounds.broken()).isEmpty();
    assertThat(queue.writes()).isZero();
    assertThat(queue.bytes()).isZero();
  }

  @Test
  void whatFindsNoRoomTakesNone() {
    CommitQueue queue = new CommitQueue(limits(WRITES_MAX, 1_000));
    assertThat(queue.offer(call(WRITES_MAX + 1), 0)).as("too many").isNull();
    assertThat(queue.offer(call(4), 0)).as("too large").isNull();
    assertThat(queue.writes()).isZero();
    assertThat(queue.bytes()).isZero();
    assertThat(queue.offer(call(3), 0)).isNotNull();
    assertThat(queue.offer(call(1), 0)).isNull();
    assertThat(queue.writes()).isEqualTo(3);
    assertThat(queue.take()).hasSize(1);
    assertThat(queue.offer(call(1), 0)).isNotNull();
  }
}
