package dev.anabranch.client.nostr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.client.replica.ReplicaFailure;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client that is closed says so, and keeps nobody waiting.
@Timeout(60)
final class ClosedClientTest {

  private static final NostrSettings NOWHERE =
      NostrSettings.of("ws://127.0.0.1:1").withKeys(SecretKey.generate(new Random(1)));

  @Test
  void aClosedClientSaysSoAtOnce() throws Exception {
    NostrClient client = NostrClient.inMemory(NOWHERE);
    Publication hello = client.publish(1, "Hello");
    client.close();
    client.close();

    assertThat(client.awaitPublished(Duration.ofMinutes(5))).isFalse();
    assertThat(client.status())
        .singleElement()
        .satisfies(status -> {
          assertThat(status.state()).isEqualTo(RelayStatus.State.CLOSED);
          assertThat(status.queued()).isEqualTo(1);
        });
    assertThatThrownBy(() -> client.publish(hello.event()))
        .isInstanceOf(ReplicaFailure.class)
        .hasMessageContaining("the client is closed");
    assertThatThrownBy(() -> client.find(Filter.ANY)).hasMessageContaining("the client is closed");
    assertThatThrownBy(() -> client.subscribe(Filter.ANY, event -> {}))
        .hasMessageContaining("the client is closed");
  }
}
