package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.session.ConflictRule;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.Cancellable;
import dev.anabranch.link.CloseCode;
import dev.anabranch.link.Dial;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.Frame;
import dev.anabranch.link.Link;
import dev.anabranch.link.LinkHandler;
import dev.anabranch.link.LinkLoop;
import dev.anabranch.link.LinkSession;
import dev.anabranch.link.Outbox;
import dev.anabranch.link.Peer;
import dev.anabranch.nostr.key.SecretKey;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server whose frames cannot be read is not given up: the line is broken, and dialled again.
@Timeout(60)
class BrokenLineTest {

  private final BlockingQueue<Dialled> lines = new LinkedBlockingQueue<>();

  /// A line to a server that says what the test says; all on the caller's thread.
  private static final class Dialled implements Link, Outbox, LinkLoop {
    private final LinkHandler handler;
    private final List<Integer> closed = new CopyOnWriteArrayList<>();

    private Dialled(LinkSession session) {
      this.handler = session.open(this);
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void send(Frame frame) {}

    @Override
    public void flush() {}

    @Override
    public Peer peer() {
      return new Peer(InetAddress.getLoopbackAddress(), 4711, false);
    }

    @Override
    public LinkLoop loop() {
      return this;
    }

    @Override
    public Outbox outbox() {
      return this;
    }

    @Override
    public void close(int code, String reason) {
      closed.add(code);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return () -> {};
    }
  }

  private final class Lines implements Dialer {
    @Override
    public CompletionStage<Link> dial(Dial dial, LinkSession session) {
      Dialled line = new Dialled(session);
      line.handler.opened();
      lines.add(line);
      return CompletableFuture.completedFuture(line);
    }
  }

  private Dialled next() throws InterruptedException {
    Dialled line = lines.poll(30, TimeUnit.SECONDS);
    assertThat(line).isNotNull();
    return java.util.Objects.requireNonNull(line);
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
            100);
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
      first.handler.text("[".repeat(100) + "]".repeat(100));
      assertThat(first.closed).containsExactly(CloseCode.PROTOCOL_ERROR);
      first.handler.closed(CloseCode.LOST, "");
      Dialled second = next();
      second.handler.binary(new byte[1]);
      assertThat(second.closed).containsExactly(CloseCode.PROTOCOL_ERROR);
      second.handler.closed(CloseCode.PROTOCOL_ERROR, "");
      next();
      assertThat(client.state()).isNotEqualTo("refused");
    }
  }
}
