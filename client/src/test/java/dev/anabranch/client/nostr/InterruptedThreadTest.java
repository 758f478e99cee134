package dev.anabranch.client.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is asked of a client on a thread that is to stop is done.
@Timeout(60)
final class InterruptedThreadTest {

  private static final NostrSettings NOWHERE =
      NostrSettings.of("ws://127.0.0.1:1").withKeys(SecretKey.generate(new Random(1)));

  @TempDir Path folder;

  @Test
  void subscribesPublishesAndClosesOnAnInterruptedThread() {
    List<Event> told = new CopyOnWriteArrayList<>();
    Path file = folder.resolve("nostr.db");
    NostrClient client = NostrClient.open(NOWHERE, file);
    Thread.currentThread().interrupt();
    Subscription all = client.subscribe(Filter.ANY, told::add);
    Publication hello = client.publish(1, "Hello");
    client.close();
    assertThat(Thread.interrupted()).as("it is still to stop").isTrue();

    assertThat(told).containsExactly(hello.event());
    assertThat(all.filters()).containsExactly(Filter.ANY);
    try (NostrClient next = NostrClient.open(NOWHERE, file)) {
      assertThat(next.queued()).isEqualTo(1);
    }
  }
}
