package dev.anabranch.protocol.nostr.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.Engine;
import dev.anabranch.engine.EngineLimits;
import dev.anabranch.engine.EngineObserver;
import dev.anabranch.engine.EngineThreads;
import dev.anabranch.kernel.grant.Right;
import dev.anabranch.kernel.model.Model;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.model.Schema;
import dev.anabranch.kernel.rule.NewestRule;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.MemoryStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A subscription whose socket takes no more keeps nothing, and misses nothing (K5, K11).
class SlowReaderTest {

  private static final long NOW = 1_700_000_000;
  private static final SecretKey ANN = SecretKey.generate(new Random(1));

  private final NostrLimits limits = few();
  private final NostrGateway gateway = gateway();
  private final TestLink writer = new TestLink(gateway);
  private final TestLink reader = new TestLink(gateway);
  private int written;

  private static NostrLimits few() {
    NostrLimits usual = NostrLimits.DEFAULT;
    return new NostrLimits(
        usual.message(),
        usual.subscriptionsMax(),
        usual.storedMax(),
        usual.storedDefault(),
        usual.countMax(),
        usual.countsMax(),
        usual.reconcileMax(),
        usual.reconciliationsMax(),
        usual.reconciledRecordsMax(),
        usual.reconcileIdleSeconds(),
        usual.waitingEventsMax(),
        usual.waitingBytesMax(),
        2,
        usual.feedEventsMax(),
        usual.feedBytesMax(),
        usual.keysMax(),
        usual.aheadSeconds(),
        usual.behindSeconds(),
        usual.workBitsMin(),
        usual.frames(),
        usual.connection(),
        usual.address(),
        usual.author(),
        usual.requests(),
        usual.addressRequests(),
        usual.trackedMax(),
        usual.tellsExtent());
  }

  private NostrGateway gateway() {
    RecentEvents recent = new RecentEvents(64);
    Models models =
        new Models(
            List.of(
                new Model(
                    NostrChanges.EVENT,
                    new NewestRule(),
                    Right.WRITE,
                    Model.BYTES_MAX_DEFAULT,
                    Set.of(),
                    Schema.ANY,
                    new EventMarking(recent))),
            Map.of());
    InstantSource clock = InstantSource.fixed(Instant.ofEpochSecond(NOW));
    EngineThreads threads =
        new EngineThreads(
            Runnable::run,
            Runnable::run,
            Runnable::run,
            (millis, task) -> {},
            clock,
            () -> NOW * 1_000_000_000);
    Engine engine =
        new Engine(
            MemoryStore::fresh, models, threads, EngineLimits.DEFAULT, new EngineObserver() {});
    return new NostrGateway(
        engine,
        engine,
        engine,
        new NostrPolicy(limits, () -> NostrAccess.OPEN),
        NostrGuards.NONE,
        recent,
        () -> new RelayInformation("test", "", "", "", "", "", "", ""),
        Set.of("127.0.0.1"),
        Identities.PLAIN,
        SeedKinds.SHAPE,
        null,
        new NostrSeams(
            clock,
            () -> NOW * 1_000_000_000,
            new Random(2),
            Runnable::run,
            Runnable::run,
            (m, task) -> {}),
        new SilentObserver());
  }

  private List<String> write(int count) {
    List<String> frames = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      Event event =
          new UnsignedEvent(ANN.publicKey(), NOW, 1, List.of(), "n" + written++).sign(ANN);
      writer.say("[\"EVENT\"," + event.json() + "]");
      assertThat(writer.heard()).containsExactly("[\"OK\",\"" + event.id() + "\",true,\"\"]");
      frames.add("[\"EVENT\",\"s\"," + event.json() + "]");
    }
    return frames;
  }

  @Test
  void hearsEverythingOnceAndInTheLogsOrderWhenItReadsAgain() {
    reader.say("[\"REQ\",\"s\",{}]");
    assertThat(reader.heard()).containsExactly("[\"EOSE\",\"s\"]");
    List<String> first = write(2);
    assertThat(reader.heard()).isEqualTo(first);
    reader.fill();
    List<String> missed = write(7);
    assertThat(reader.heard()).isEmpty();
    reader.drain();
    assertThat(reader.heard()).isEqualTo(missed);
    List<String> live = write(3);
    assertThat(reader.heard()).isEqualTo(live);
  }

  @Test
  void hearsWhatCameWhileItsStoredEventsWaitedForTheSocket() {
    List<String> stored = write(3);
    reader.fill();
    reader.say("[\"REQ\",\"s\",{}]");
    List<String> live = write(6);
    assertThat(reader.heard()).isEmpty();
    reader.drain();
    List<String> heard = reader.heard();
    List<String> all = new ArrayList<>(stored);
    all.addAll(live);
    assertThat(heard.subList(0, 9)).containsExactlyInAnyOrderElementsOf(all);
    assertThat(heard.subList(9, heard.size())).containsExactly("[\"EOSE\",\"s\"]");
    assertThat(write(1)).isEqualTo(reader.heard());
    reader.fill();
    List<String> missed = write(2);
    reader.drain();
    assertThat(reader.heard()).isEqualTo(missed);
  }

  @Test
  void hearsOnceWhatItReadEarlyWhenItFallsBehindAfterwards() {
    reader.fill();
    reader.say("[\"REQ\",\"s\",{}]");
    List<String> early = write(1);
    reader.drain();
    assertThat(reader.heard()).containsExactly(early.getFirst(), "[\"EOSE\",\"s\"]");
    reader.fill();
    List<String> missed = write(2);
    reader.drain();
    assertThat(reader.heard()).isEqualTo(missed);
  }
}
