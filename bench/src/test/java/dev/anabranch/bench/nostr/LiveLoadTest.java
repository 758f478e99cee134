package dev.anabranch.bench.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.bench.contender.NostrRelay;
import dev.anabranch.bench.failure.Unavailable;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.process.ServerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LiveLoadTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int EVENTS = 100;
  private static final int SUBSCRIBERS = 20;

  @TempDir private Path folder;

  @Test
  void tellsNothingToTheIdleOneAuthorToEachOfAThousandAndEverythingInABurst() {
    try (ServerProcess server = launch();
        LiveLoad load =
            new LiveLoad(server, SignedEvents.marked(2 * EVENTS + 2 * LiveLoad.BURST_EVENTS))) {
      assertThat(load.idle(SUBSCRIBERS).open()).isEqualTo(SUBSCRIBERS);

      assertThat(load.oneAuthorEach(1, EVENTS, LONG).load().delivered()).isEqualTo(EVENTS);
      assertThat(load.oneAuthorEach(3, EVENTS, LONG).load().delivered()).isEqualTo(EVENTS);

      List<LiveLoad.Told> bursts = load.bursts(SUBSCRIBERS, 2);
      assertThat(bursts)
          .extracting(LiveLoad.Told::load)
          .extracting(LoadResult::delivered)
          .containsOnly((long) LiveLoad.BURST_EVENTS * SUBSCRIBERS)
          .hasSize(2);
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
