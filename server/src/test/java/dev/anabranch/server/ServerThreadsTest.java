package dev.anabranch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Chores of a server go on for as long as it runs, whatever one of their turns came to.
final class ServerThreadsTest {
  private static final int TURNS = 3;

  private final CountDownLatch turns = new CountDownLatch(TURNS);

  private void outOfMemory() {
    turns.countDown();
    throw new OutOfMemoryError("a test's, not the machine's");
  }

  @Test
  void aTaskThatMetAnErrorRunsAgain() throws Exception {
    try (ServerThreads threads = new ServerThreads()) {
      threads.every(1, "a test's task", this::outOfMemory);

      assertThat(turns.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aBlockingTaskThatMetAnErrorRunsAgain() throws Exception {
    try (ServerThreads threads = new ServerThreads()) {
      threads.everyBlocking(1, "a test's task", this::outOfMemory);

      assertThat(turns.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
