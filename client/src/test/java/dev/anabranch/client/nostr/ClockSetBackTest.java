package dev.anabranch.client.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.client.ClientThreads;
import dev.anabranch.client.nostr.cache.Arrival;
import dev.anabranch.client.nostr.cache.EventCache;
import dev.anabranch.client.nostr.cache.Waiting;
import dev.anabranch.client.nostr.relay.LineListener;
import dev.anabranch.client.nostr.relay.LineSettings;
import dev.anabranch.client.nostr.relay.RelayAnswer;
import dev.anabranch.client.nostr.relay.RelayLine;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.link.Dialer;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.PlainLink;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A client whose clock is set back by an hour waits no longer than it would have.
@Timeout(60)
final class ClockSetBackTest {

  private static final RelayUrl RELAY = RelayUrl.of("ws://127.0.0.1:1");
  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  private volatile long setBackMillis;
  private final InstantSource clock =
      () -> InstantSource.system().instant().minusMillis(setBackMillis);
  private final EventCache cache = EventCache.inMemory(100);
  private final NostrLoop loop =
      new NostrLoop(
          cache,
          new ClientThreads(clock, System::nanoTime, new Random(1)).stopwatchMillis(),
          work -> Thread.ofPlatform().daemon().unstarted(work));
  private final ExecutorService catchUps = Executors.newSingleThreadExecutor();

  @BeforeEach
  void start() {
    loop.start(() -> {}, () -> {});
  }

  @AfterEach
  void stop() {
    loop.close();
    catchUps.shutdown();
    cache.close();
  }

  private void setBack() {
    setBackMillis = Duration.ofHours(1).toMillis();
  }

  @Test
  void whatIsToBeDoneLaterIsDone() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    loop.tell(() -> {
      loop.later(500, done::countDown);
      setBack();
    });

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  /// Hears nothing but that the relay is silent.
  private record Silence(CountDownLatch isSilent) implements RelaySender.Told {
    @Override
    public void answered(Waiting event, RelayAnswer answer, boolean isFinal) {}

    @Override
    public void silent() {
      isSilent.countDown();
    }
  }

  @Test
  void aRelayThatAnswersNoEventIsGivenUp() throws Exception {
    CountDownLatch silent = new CountDownLatch(1);
    RelaySender sender = new RelaySender(RELAY, surroundings(), new Silence(silent));
    RelayLine line = line();
    Event note = new UnsignedEvent(ANN.publicKey(), 100, 1, List.of(), "hello").sign(ANN);
    Arrival unused = cache.queue(VerifiedEvent.fromStore(note), List.of(RELAY.text()), 100);
    loop.tell(() -> {
      sender.opened(line, loop::tell);
      setBack();
    });

    assertThat(silent.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private RelayKeeper.Surroundings surroundings() {
    NostrSettings settings = NostrSettings.of(RELAY.text()).with(answeredWithin(250));
    return new RelayKeeper.Surroundings(
        settings, cache, loop, quiet(), clock, new Random(1), catchUps);
  }

  private static LineSettings answeredWithin(long millis) {
    LineSettings usual = LineSettings.USUAL;
    return new LineSettings(
        usual.keys(),
        usual.dialTimeout(),
        usual.challengeMillis(),
        millis,
        usual.message(),
        usual.publishesMax(),
        usual.requestsMax(),
        null);
  }

  /// Dials a relay that never says anything.
  private static Dialer quiet() {
    return (dial, session) -> {
      PlainLink link = new PlainLink();
      session.open(link).opened();
      return CompletableFuture.completedFuture(link);
    };
  }

  private RelayLine line() {
    return RelayLine.dial(quiet(), RELAY, LineSettings.USUAL, clock, new LineListener() {})
        .toCompletableFuture()
        .join();
  }
}
