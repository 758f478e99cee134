package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.replica.ReplicaReading;
import dev.anabranch.client.replica.ReplicaStore;
import dev.anabranch.client.replica.ReplicaTransaction;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.testkit.PlainLink;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server that says more than a device can write down.
@Timeout(120)
final class FloodTest {

  private static final int FRAMES = 64;
  private static final String FRAME =
      "{\"type\":\"error\",\"code\":\"what\",\"detail\":\"" + "x".repeat(1 << 20) + "\"}";

  private final BlockingQueue<LinkHandler> lines = new LinkedBlockingQueue<>();
  private final SlowDisk disk = new SlowDisk();

  /// A disk that takes as long as the test wants.
  private static final class SlowDisk implements ReplicaStore {
    private final ReplicaStore disk = new MemoryReplica(new DeviceId("phone"));
    private final ReentrantLock busy = new ReentrantLock();

    @Override
    public <T> T write(Function<ReplicaTransaction, T> work) {
      busy.lock();
      try {
        return disk.write(work);
      } finally {
        busy.unlock();
      }
    }

    @Override
    public <T> T read(Function<ReplicaReading, T> work) {
      return disk.read(work);
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  private Dialer dialer() {
    return (dial, session) -> {
      PlainLink link = new PlainLink();
      LinkHandler handler = session.open(link);
      handler.opened();
      lines.add(handler);
      return CompletableFuture.completedFuture(link);
    };
  }

  @Test
  void aServerThatIsFasterThanTheDiskHasToWait() throws Exception {
    try (Anabranch client =
        Anabranch.open(
            ClientSettings.of("http://127.0.0.1:1"), disk, dialer(), ClientThreads.ofTheSystem())) {
      LinkHandler line = lines.take();
      AtomicInteger taken = new AtomicInteger();
      disk.busy.lock();
      Thread server =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                for (int frame = 0; frame < FRAMES; frame++) {
                  line.text(FRAME);
                  taken.incrementAndGet();
                }
              });
      try {
        assertThat(server.join(Duration.ofSeconds(3))).as("it waits").isFalse();
        assertThat(taken).hasValueLessThan(10);
      } finally {
        disk.busy.unlock();
      }

      assertThat(server.join(Duration.ofSeconds(60))).isTrue();
      assertThat(taken).hasValue(FRAMES);
      assertThat(client.status().detail()).isEmpty();
    }
  }
}
