package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.PouchDb;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.contender.TinyBase;
import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.ProcessFigures;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fan-out: how many deliveries a second reach a thousand sockets.
///
/// Writers keep a window of changes on their way to the average reader, and a run ends with the
/// last delivery to the slowest socket, so that nothing is gained by falling behind. The broadcasts
/// send as many bytes for a change as Anabranch does, envelope included.
final class FanOutRow implements Row {
  private static final String SCOPE = "bench:fanout";
  private static final int WRITERS = 32;
  private static final int WINDOW = 32;
  private static final int WINDOW_OF_FULL_PEERS = 4;
  private static final Duration WARM_UP_OF_FULL_PEERS = Duration.ofMillis(1500);
  private static final int WEB_SOCKET_HEAD_BYTES = 4;
  private static final double OF_NETTY = 0.8;
  private static final double TIMES_WS = 3;

  @Override
  public String name() {
    return "fan-out";
  }

  @Override
  public String title() {
    return "fan-out to 1,000 WebSockets, 300-byte changes";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  private record Measured(LoadResult result, ProcessFigures before, ProcessFigures after) {
    double rate() {
      return result.deliveriesPerSecond();
    }
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    Map<Contender, Measured> best = new LinkedHashMap<>();
    Contender anabranch = Anabranch.onSqlite();
    int frameBytes = Settings.DATA_BYTES;
    for (int round = 0; round < bench.settings().rounds(); round++) {
      measure(bench, findings, anabranch, Settings.DATA_BYTES, best);
      Measured own = best.get(anabranch);
      if (own != null) {
        frameBytes = (int) Math.round(own.result().bytesPerDelivery()) - WEB_SOCKET_HEAD_BYTES;
      }
      measure(bench, findings, PlainBroadcast.netty(), frameBytes, best);
      measure(bench, findings, PlainBroadcast.ws(), frameBytes, best);
    }
    for (Contender peer : List.of(new TinyBase(), new PouchDb())) {
      measure(bench, findings, peer, Settings.DATA_BYTES, best);
    }
    report(findings, best);
  }

  private static void measure(
      Bench bench,
      Findings findings,
      Contender contender,
      int bytes,
      Map<Contender, Measured> best) {
    Optional<Measured> measured =
        findings.attempt(contender.name(), () -> measure(bench, contender, bytes));
    Contender same =
        best.keySet().stream()
            .filter(known -> known.name().equals(contender.name()))
            .findFirst()
            .orElse(contender);
    measured.ifPresent(now ->
        findings.progress(
            contender.name() + " " + Numbers.text(now.rate()) + " " + now.result().complaint()));
    measured.ifPresent(
        now -> best.merge(same, now, (old, fresh) -> fresh.rate() > old.rate() ? fresh : old));
  }

  private static Measured measure(Bench bench, Contender contender, int bytes) {
    try (Running running = contender.launch(bench.folder("fan-out"));
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      running.prepare(SCOPE);
      ReaderGroup readers = loop.open(Readers.of(Settings.SUBSCRIBERS, running.reader(SCOPE)));
      CallerGroup writers = loop.open(WRITERS, running.writer(SCOPE), running.exchange());
      Pause.of(running.settling());
      WriteTemplate warming = running.writes(SCOPE, bytes);
      Load warmUp = Load.lasting(warming, pace(contender), warmUp(bench, contender));
      LoadResult warm = loop.run(warmUp, writers, readers);
      if (warm.delivered() < warm.expected() || warm.delivered() == 0) {
        throw new BenchFailure("too slow to be measured: " + warm.complaint());
      }
      return measure(bench, running, loop, bytes, pace(contender), writers, readers);
    }
  }

  // A window of 32 changes would take the full peers half a minute to drain.
  private static Pace pace(Contender contender) {
    return Pace.window(isFullPeer(contender) ? WINDOW_OF_FULL_PEERS : WINDOW);
  }

  // Equally long for whatever is compiled while it runs; TinyBase grows slower with each row.
  private static Duration warmUp(Bench bench, Contender contender) {
    return isFullPeer(contender) ? WARM_UP_OF_FULL_PEERS : bench.settings().warmUp();
  }

  private static boolean isFullPeer(Contender contender) {
    return contender instanceof TinyBase || contender instanceof PouchDb;
  }

  private static Measured measure(
      Bench bench,
      Running running,
      LoadLoop loop,
      int bytes,
      Pace pace,
      CallerGroup writers,
      ReaderGroup readers) {
    ProcessFigures before = running.server().figures();
    WriteTemplate template = running.writes(SCOPE, bytes).from(1_000_000_000);
    LoadResult result =
        loop.run(Load.lasting(template, pace, bench.settings().load()), writers, readers);
    return new Measured(result, before, running.server().figures());
  }

  private static void report(Findings findings, Map<Contender, Measured> best) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    best.forEach((contender, measured) ->
        figures.put(contender.name(), figure(findings, contender, measured)));
    Figure own = figures.get("Anabranch");
    if (own == null) {
      return;
    }
    compare(findings, own, figures.get("bare Netty"), OF_NETTY);
    compare(findings, own, figures.get("ws"), TIMES_WS);
  }

  private static void compare(
      Findings findings, Figure own, @Nullable Figure other, double factor) {
    if (other != null) {
      findings.atLeast(own, other, factor);
    }
  }

  private static Figure figure(Findings findings, Contender contender, Measured measured) {
    LoadResult result = measured.result();
    double cpuSeconds = (measured.after().cpuMillis() - measured.before().cpuMillis()) / 1e3;
    String detail =
        Numbers.text(result.bytesPerDelivery())
            + " bytes each, p99 "
            + Numbers.text(Histograms.millis(result.deliveries(), 99))
            + " ms, "
            + Numbers.text(cpuSeconds / result.delivered() * 1e6)
            + " s of CPU a million, "
            + Numbers.text(measured.after().residentMegabytes())
            + " MB";
    if (!result.complaint().isEmpty()) {
      findings.note(contender.name() + ": " + result.complaint());
    }
    return findings.figure(contender.name(), measured.rate(), "deliveries/s", detail);
  }
}
