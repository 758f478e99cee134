package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PouchDb;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.contender.TinyBase;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Start: from the command to ready, and the memory of a server nobody uses.
final class StartRow implements Row {
  private static final int STARTS = 5;
  private static final Duration IDLE = Duration.ofSeconds(3);
  private static final double SECONDS_MAX = 2;
  private static final double MEGABYTES_MAX = 180;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String title() {
    return "start to ready, and idle memory";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings
        .attempt("Anabranch", () -> start(bench, findings, Anabranch.onSqlite()))
        .ifPresent(started -> check(findings, started));
    for (Contender peer : List.of(new TinyBase(), new PouchDb())) {
      findings.attempt(peer.name(), () -> start(bench, findings, peer));
    }
  }

  private record Started(Figure seconds, double megabytes) {}

  private static void check(Findings findings, Started started) {
    double seconds = started.seconds().value();
    findings.check(Numbers.text(seconds) + " s to ready", "≤ 2 s", seconds <= SECONDS_MAX);
    findings.check(
        Numbers.text(started.megabytes()) + " MB idle",
        "≤ 180 MB",
        started.megabytes() <= MEGABYTES_MAX);
  }

  private static Started start(Bench bench, Findings findings, Contender contender) {
    Path folder = bench.folder("start");
    List<Double> seconds = new ArrayList<>();
    List<Double> megabytes = new ArrayList<>();
    for (int start = 0; start < STARTS; start++) {
      try (Running running = contender.launch(folder)) {
        seconds.add(running.server().untilReady().toNanos() / 1e9);
        Pause.of(IDLE);
        megabytes.add(running.server().figures().residentMegabytes());
      }
    }
    double idle = median(megabytes);
    String detail =
        Numbers.text(idle) + " MB idle, first start " + Numbers.text(seconds.getFirst()) + " s";
    return new Started(findings.figure(contender.name(), median(seconds), "s", detail), idle);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
