package dev.anabranch.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.failure.Unavailable;
import dev.anabranch.bench.process.Pause;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadLoopTest {
  private static final String SCOPE = "bench:test";
  private static final int READERS = 20;
  private static final int CHANGES = 500;
  private static final int DATA_BYTES = 200;

  @TempDir private Path folder;

  @Test
  void countsEveryDeliveryOfABareBroadcast() {
    assertThatEveryChangeArrives(PlainBroadcast.netty());
  }

  @Test
  void countsEveryDeliveryOfTheNpmPackageWs() {
    try {
      assertThatEveryChangeArrives(PlainBroadcast.ws());
    } catch (Unavailable e) {
      Assumptions.abort(String.valueOf(e.getMessage()));
    }
  }

  // A text of 350 bytes: 0x015e, and 0x5e is the mark.
  @Test
  void isNotFooledByAFrameWhoseLengthLooksLikeAMark() {
    assertThatEveryChangeArrives(PlainBroadcast.netty(), 0x015e);
  }

  private void assertThatEveryChangeArrives(Contender contender) {
    assertThatEveryChangeArrives(contender, DATA_BYTES);
  }

  private void assertThatEveryChangeArrives(Contender contender, int bytes) {
    try (Running running = contender.launch(folder);
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      ReaderGroup readers = loop.open(Readers.of(READERS, running.reader(SCOPE)));
      CallerGroup writers = loop.open(2, running.writer(SCOPE), running.exchange());
      Pause.of(running.settling());

      Load load = Load.of(running.writes(SCOPE, bytes), Pace.window(4), CHANGES);
      LoadResult result = loop.run(load, writers, readers);

      assertThat(result.complaint()).isEmpty();
      assertThat(result.delivered()).isEqualTo((long) READERS * CHANGES);
      assertThat(readers.fewestChanges()).isEqualTo(CHANGES);
      assertThat(readers.mostChanges()).isEqualTo(CHANGES);
      assertThat(result.deliveries().getTotalCount()).isPositive();
    }
  }

  @Test
  void letsOthersReadOnWhileSomeAreStalledAndGivesThoseEverythingLater() {
    try (Running running = PlainBroadcast.netty().launch(folder);
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      ReaderGroup others = loop.open(Readers.of(READERS, running.reader(SCOPE)));
      ReaderGroup stalled = loop.open(Readers.stalling(2, running.reader(SCOPE)));
      CallerGroup writers = loop.open(1, running.writer(SCOPE), running.exchange());
      Pause.of(running.settling());

      stalled.stall();
      Load load = Load.of(running.writes(SCOPE, DATA_BYTES), Pace.window(4), CHANGES);
      LoadResult result = loop.run(load, writers, others, stalled);

      assertThat(result.delivered()).isEqualTo((long) READERS * CHANGES);
      assertThat(stalled.mostChanges()).isZero();

      stalled.wake();
      Pause.until(() -> stalled.fewestChanges() == CHANGES, load.patience());
      assertThat(stalled.fewestChanges()).isEqualTo(CHANGES);
    }
  }
}
