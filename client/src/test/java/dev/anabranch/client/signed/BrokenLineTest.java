package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkSession;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.PlainLink;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server whose frames cannot be read is not given up: the line is broken, and dialled again.
@Timeout(60)
class BrokenLineTest {

  private final BlockingQueue<Dialled> lines = new LinkedBlockingQueue<>();

  /// A line to a server that says what the test says.
  private record Dialled(PlainLink link, LinkHandler handler) {}

  private final class Lines implements Dialer {
    @Override
    public CompletionStage<Link> dial(Dial dial, LinkSession session) {
      PlainLink link = new PlainLink();
      LinkHandler handler = session.open(link);
      handler.opened();
      lines.add(new Dialled(link, handler));
      return CompletableFuture.completedFuture(link);
    }
  }

  private Dialled next() throws InterruptedException {
    Dialled line = lines.poll(30, TimeUnit.SECONDS);
    assertThat(line).isNotNull();
    return Objects.requireNonNull(line);
  }

  private SignedEntityClient client() {
    SignedClientSettings settings =
        new SignedClientSettings(
            URI.create("ws://localhost:1/sync"),
            SecretKey.generate(new SplittableRandom(1)),
            Optional.empty(),
            ConflictRule.KEEP_THEIRS,
            Duration.ofSeconds(10),
            1,
            2,
            100,
            Optional.empty());
    return SignedEntityClient.open(
        settings,
        new MemoryReplica(new DeviceId("phone")),
        new Lines(),
        false,
        ClientThreads.ofTheSystem());
  }

  @Test
  void aFrameThatCannotBeReadIsABrokenLineAndNotARefusal() throws Exception {
    try (SignedEntityClient client = client()) {
      client.connect();
      Dialled first = next();
      first.handler().text("[".repeat(100) + "]".repeat(100));
      assertThat(first.link().closed()).containsExactly(CloseCode.PROTOCOL_ERROR);
      first.handler().closed(CloseCode.LOST, "");
      Dialled second = next();
      second.handler().binary(new byte[1]);
      assertThat(second.link().closed()).containsExactly(CloseCode.PROTOCOL_ERROR);
      second.handler().closed(CloseCode.PROTOCOL_ERROR, "");
      next();
      assertThat(client.state()).isNotEqualTo("refused");
    }
  }
}
