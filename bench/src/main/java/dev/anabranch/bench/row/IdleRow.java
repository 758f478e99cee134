package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.process.Heap;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.time.Duration;
import java.util.List;

/// Idle sockets: what ten thousand subscribers cost that nobody writes to.
///
/// Growth of live objects and of what is resident outside the heap, after full collections; the
/// kernel's socket buffers do not belong to the process and do not count.
final class IdleRow implements Row {
  private static final String SCOPE = "bench:idle";
  private static final int WARM_UP_SOCKETS = 2_000;
  private static final double KILOBYTES_MAX = 5;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String title() {
    return "10,000 idle subscribers, memory each";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    Contender anabranch = Anabranch.onSqlite();
    findings
        .attempt(anabranch.name(), () -> figure(bench, findings, anabranch))
        .ifPresent(figure ->
            findings.check(
                Numbers.text(figure.value()) + " KB each",
                "≤ 5 KB each",
                figure.value() <= KILOBYTES_MAX));
    for (Contender limit : List.of(PlainBroadcast.netty(), PlainBroadcast.ws())) {
      findings.attempt(limit.name(), () -> figure(bench, findings, limit));
    }
  }

  private static Figure figure(Bench bench, Findings findings, Contender contender) {
    try (Running running = contender.launch(bench.folder("idle"));
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      ServerProcess server = running.server();
      ReaderGroup warming = loop.open(Readers.of(WARM_UP_SOCKETS, running.reader(SCOPE)));
      warming.close();
      Pause.of(Duration.ofSeconds(1));
      double before = Heap.neededBytes(server) / 1e3;
      double residentBefore = server.figures().residentMegabytes();
      ReaderGroup sockets = loop.open(Readers.of(Settings.IDLE_SOCKETS, running.reader(SCOPE)));
      Pause.of(Duration.ofSeconds(1));
      double after = Heap.neededBytes(server) / 1e3;
      double residentAfter = server.figures().residentMegabytes();
      if (sockets.live() < Settings.IDLE_SOCKETS) {
        findings.note(contender.name() + ": only " + sockets.live() + " sockets stayed open");
      }
      return findings.figure(
          contender.name(),
          (after - before) / Settings.IDLE_SOCKETS,
          "KB each",
          "resident " + Numbers.text(residentBefore) + " → " + Numbers.text(residentAfter) + " MB");
    }
  }
}
