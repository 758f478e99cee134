package dev.anabranch.client.nostr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A listener may break in any way; the client goes on.
@Timeout(60)
final class BrokenListenerTest {

  private static final NostrSettings NOWHERE =
      NostrSettings.of("ws://127.0.0.1:1").withKeys(SecretKey.generate(new Random(1)));

  @Test
  void anErrorInAListenerStopsNothing() {
    List<String> told = new CopyOnWriteArrayList<>();
    try (NostrClient client = NostrClient.inMemory(NOWHERE);
        Subscription breaks =
            client.subscribe(
                Filter.ANY,
                event -> {
                  throw new AssertionError("the test says so");
                });
        Subscription hears = client.subscribe(Filter.ANY, event -> told.add(event.content()))) {
      assertThat(breaks.filters()).isEqualTo(hears.filters());
      for (String content : List.of("one", "two")) {
        assertThat(client.publish(1, content).event().content()).isEqualTo(content);
      }

      await().until(() -> told.equals(List.of("one", "two")));
      assertThat(client.status()).hasSize(1);
      assertThat(client.queued()).isEqualTo(2);
    }
  }
}
