package dev.anabranch.bench.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.bench.contender.NostrRelay;
import dev.anabranch.bench.failure.Unavailable;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RelayLoadTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int EVENTS = 300;
  private static final int SUBSCRIBERS = 20;

  @TempDir private Path folder;

  @Test
  void publishesEachNoteOnceAsksForThemAndSeesNewOnesAtEverySubscriber() {
    try (ServerProcess server = launch();
        RelayLoad load = new RelayLoad(server, SignedEvents.sign(EVENTS))) {
      RelayLoad.Ingest ingest = load.ingest(4, LONG, LONG);
      assertThat(load.stored()).isEqualTo(EVENTS);
      assertThat(ingest.load().accepted()).isEqualTo(EVENTS - EVENTS / 3);

      LoadResult ids = load.ids(2, SHORT, SHORT);
      assertThat(ids.accepted()).isPositive();

      LoadResult live = load.live(SUBSCRIBERS, 5, 5);
      assertThat(live.complaint()).isEmpty();
      assertThat(live.delivered()).isEqualTo(5L * SUBSCRIBERS);
      assertThat(live.deliveries().getTotalCount()).isPositive();
    }
  }

  private ServerProcess launch() {
    try {
      return NostrRelay.inMemory().launch(folder);
    } catch (Unavailable e) {
      return Assumptions.abort(String.valueOf(e.getMessage()));
    }
  }
}
