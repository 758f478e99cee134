package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.load.IdleSockets;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.util.List;

/// Idle sockets: what ten thousand subscribers cost that nobody writes to.
final class IdleRow implements Row {
  private static final String SCOPE = "bench:idle";

  /// The bar.
  static final double KILOBYTES_MAX = 5;

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
      IdleSockets sockets =
          IdleSockets.measure(
              running.server(),
              loop,
              Settings.IDLE_SOCKETS,
              count -> Readers.of(count, running.reader(SCOPE)));
      return figure(findings, contender.name(), sockets);
    }
  }

  /// What was found, as a figure.
  static Figure figure(Findings findings, String of, IdleSockets sockets) {
    if (sockets.open() < Settings.IDLE_SOCKETS) {
      findings.note(of + ": only " + sockets.open() + " sockets stayed open");
    }
    return findings.figure(
        of,
        sockets.kilobytesEach(),
        "KB each",
        "resident "
            + Numbers.text(sockets.residentBefore())
            + " → "
            + Numbers.text(sockets.residentAfter())
            + " MB");
  }
}
