package dev.anabranch.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.replica.MemoryReplica;
import dev.anabranch.client.session.LineState;
import dev.anabranch.client.session.SessionLimits;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.link.Dialer;
import dev.anabranch.link.LinkFailure;
import dev.anabranch.testkit.PlainLink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A device whose clock is set back by an hour waits no longer than it would have.
@Timeout(60)
final class ClockSetBackTest {

  private static final SessionLimits SHORT =
      new SessionLimits(10, 10, 10_000, 4, 1_000, 1_000, 500, 1_000);

  private volatile long setBackMillis;
  private final InstantSource clock =
      () -> InstantSource.system().instant().minusMillis(setBackMillis);

  private Anabranch open(Dialer dialer) {
    return Anabranch.open(
        ClientSettings.of("http://127.0.0.1:1").withLimits(SHORT),
        new MemoryReplica(new DeviceId("phone")),
        dialer,
        new ClientThreads(clock, System::nanoTime, new Random(1)));
  }

  /// Sets the clock back as soon as the line is in a state.
  private void setBackWhen(Anabranch client, LineState state) {
    Registration unused = client.onStatus(status -> setBackWhenItIs(state, status));
    setBackWhenItIs(state, client.status());
  }

  private void setBackWhenItIs(LineState state, ClientStatus status) {
    if (status.line() == state) {
      setBackMillis = Duration.ofHours(1).toMillis();
    }
  }

  @Test
  void itDialsAgain() throws Exception {
    CountDownLatch dials = new CountDownLatch(2);
    Dialer nobody =
        (dial, session) -> {
          dials.countDown();
          return CompletableFuture.failedFuture(LinkFailure.unreachable("nobody is there", null));
        };
    try (Anabranch client = open(nobody)) {
      setBackWhen(client, LineState.WAITING);

      assertThat(dials.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void itGivesUpALineOnWhichNothingComes() throws Exception {
    CountDownLatch dials = new CountDownLatch(2);
    Dialer silence =
        (dial, session) -> {
          dials.countDown();
          PlainLink link = new PlainLink();
          session.open(link).opened();
          return CompletableFuture.completedFuture(link);
        };
    try (Anabranch client = open(silence)) {
      setBackWhen(client, LineState.CONNECTED);

      assertThat(dials.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
