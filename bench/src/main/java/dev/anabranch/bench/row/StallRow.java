package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.process.Heap;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// Stalled readers: ten of a thousand subscribers stop reading, and later wake.
///
/// The other 990 must not feel it, the server must hold little for the ten, and the ten must have
/// every change soon after they wake. Calm and stalled phases alternate on the same server, so that
/// both see the same machine; the delays of all phases of a kind are put together.
final class StallRow implements Row {
  private static final String SCOPE = "bench:stall";
  private static final int STALLED = 10;
  private static final int WRITERS = 8;
  private static final int DATA_BYTES = 2_000;
  private static final double PER_SECOND = 100;
  private static final int CHANGES_PER_PHASE = 800;
  private static final int QUICK_PHASES = 2;
  private static final int FULL_PHASES = 4;
  private static final double SLOWER_MAX = 1.1;
  private static final double HELD_BYTES_MAX = 1 << 20;
  private static final Duration WAKING_PATIENCE = Duration.ofSeconds(30);

  @Override
  public String name() {
    return "stall";
  }

  @Override
  public String title() {
    return "10 of 1,000 subscribers stalled, p99 of the others";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    Contender anabranch = Anabranch.onSqlite();
    findings.attempt(anabranch.name(), () -> measure(bench, findings, anabranch));
    if (!bench.settings().quick()) {
      Contender ws = PlainBroadcast.ws();
      findings.attempt(ws.name(), () -> measure(bench, findings, ws));
    }
  }

  private static boolean measure(Bench bench, Findings findings, Contender contender) {
    try (Running running = contender.launch(bench.folder("stall"));
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      int others = Settings.SUBSCRIBERS - STALLED;
      Phases phases =
          new Phases(
              running,
              loop,
              loop.open(Readers.of(others, running.reader(SCOPE))),
              loop.open(Readers.stalling(STALLED, running.reader(SCOPE))),
              loop.open(WRITERS, running.writer(SCOPE), running.exchange()));
      phases.calm();
      phases.forget();
      for (int phase = 0; phase < phaseCount(bench); phase++) {
        phases.calm();
        phases.stalled();
      }
      phases.report(findings, contender);
      return true;
    }
  }

  private static int phaseCount(Bench bench) {
    return bench.settings().quick() ? QUICK_PHASES : FULL_PHASES;
  }

  /// The phases on one server, and what they showed.
  private static final class Phases {
    private final Running running;
    private final LoadLoop loop;
    private final ReaderGroup others;
    private final ReaderGroup stalling;
    private final CallerGroup writers;
    private final Histogram calm = Histograms.nanos();
    private final Histogram stalled = Histograms.nanos();
    private long written;
    private double heldBytes;
    private double wakingMillis;
    private long missing;
    private String complaint = "";

    Phases(
        Running running,
        LoadLoop loop,
        ReaderGroup others,
        ReaderGroup stalling,
        CallerGroup writers) {
      this.running = running;
      this.loop = loop;
      this.others = others;
      this.stalling = stalling;
      this.writers = writers;
    }

    void calm() {
      calm.add(write().deliveries());
    }

    // The first phase only warms the server up.
    void forget() {
      calm.reset();
    }

    void stalled() {
      ServerProcess server = running.server();
      long neededBefore = Heap.neededBytes(server);
      stalling.stall();
      stalled.add(write().deliveries());
      double growth = Heap.neededBytes(server) - neededBefore;
      // Of the last phase, when nothing else grows any more: code is compiled, arenas are touched.
      heldBytes = Math.max(0, growth) / STALLED;
      wake();
    }

    private void wake() {
      long start = System.nanoTime();
      stalling.wake();
      Pause.until(() -> stalling.fewestChanges() >= CHANGES_PER_PHASE, WAKING_PATIENCE);
      wakingMillis = Math.max(wakingMillis, (System.nanoTime() - start) / 1e6);
      missing += Math.max(0, CHANGES_PER_PHASE - stalling.fewestChanges());
      missing += Math.max(0, stalling.mostChanges() - CHANGES_PER_PHASE);
    }

    private LoadResult write() {
      LoadResult result =
          loop.run(
              Load.of(
                  running.writes(SCOPE, DATA_BYTES).from(written),
                  Pace.rate(PER_SECOND),
                  CHANGES_PER_PHASE),
              writers,
              others,
              stalling);
      written += CHANGES_PER_PHASE;
      complaint = result.complaint().isEmpty() ? complaint : result.complaint();
      return result;
    }

    void report(Findings findings, Contender contender) {
      double before = Histograms.millis(calm, 99);
      double during = Histograms.millis(stalled, 99);
      findings.figure(
          contender.name(),
          during,
          "ms",
          "calm "
              + Numbers.text(before)
              + " ms, held "
              + Numbers.text(heldBytes / 1024)
              + " KiB per stalled socket, caught up in "
              + Numbers.text(wakingMillis)
              + " ms");
      if (!complaint.isEmpty()) {
        findings.note(contender.name() + ": " + complaint);
      }
      if (contender instanceof Anabranch) {
        check(findings, during / before);
      }
    }

    private void check(Findings findings, double slower) {
      findings.check(
          "p99 " + Numbers.percent(slower - 1) + " slower", "≤ +10 %", slower <= SLOWER_MAX);
      findings.check(
          Numbers.text(heldBytes / 1024) + " KiB held per stalled socket",
          "≤ 1 MiB",
          heldBytes <= HELD_BYTES_MAX);
      findings.check(
          missing + " changes missing or doubled after waking",
          "caught up completely",
          missing == 0);
    }
  }
}
