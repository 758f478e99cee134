package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.AnabranchServer;
import dev.anabranch.bench.contender.AnabranchWire;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PouchDb;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.contender.Snapshots;
import dev.anabranch.bench.contender.TinyBase;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/// Catch-up: a client that missed ten thousand changes has them parsed and is live.
final class CatchUpRow implements Row {
  private static final String SCOPE = "bench:catchup";
  private static final int HELD = 1_000;
  private static final int DATA_BYTES = 200;
  private static final int REPEATS = 7;
  private static final double SECONDS_MAX = 0.15;

  @Override
  public String name() {
    return "catch-up";
  }

  @Override
  public String title() {
    return "catch-up with 10,000 missed changes, parsed";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings.attempt("Anabranch", () -> own(bench, findings));
    for (Contender peer : List.of(new TinyBase(), new PouchDb())) {
      findings.attempt(peer.name(), () -> peer(bench, findings, peer));
    }
  }

  private static boolean own(Bench bench, Findings findings) {
    Anabranch anabranch = Anabranch.onSqlite();
    try (AnabranchServer server = anabranch.launch(bench.folder("catch-up"))) {
      AnabranchWire wire = server.wire();
      long cursor = wire.fill(SCOPE, 0, HELD, DATA_BYTES);
      wire.fill(SCOPE, HELD, HELD + Settings.MISSED, DATA_BYTES);
      double seconds = median(() -> wire.catchUpMillis(SCOPE, cursor, Settings.MISSED)) / 1e3;
      double pages = median(() -> wire.deltaMillis(SCOPE, cursor, Settings.MISSED)) / 1e3;
      findings.figure(
          anabranch.name(),
          Settings.MISSED / seconds,
          "changes/s",
          Numbers.text(seconds) + " s by WebSocket, " + Numbers.text(pages) + " s by delta pages");
      findings.check(Numbers.text(seconds) + " s", "≤ 0.15 s", seconds <= SECONDS_MAX);
      return true;
    }
  }

  private static double median(DoubleSupplier measurement) {
    return IntStream.range(0, REPEATS)
        .mapToDouble(_ -> measurement.getAsDouble())
        .sorted()
        .skip(REPEATS / 2)
        .findFirst()
        .orElseThrow();
  }

  private static Figure peer(Bench bench, Findings findings, Contender peer) {
    try (Running running = peer.launch(bench.folder("catch-up"))) {
      Snapshots snapshots = (Snapshots) running;
      double seconds = snapshots.snapshots(HELD, Settings.MISSED).catchUpMillis() / 1e3;
      return findings.figure(
          peer.name(), Settings.MISSED / seconds, "changes/s", Numbers.text(seconds) + " s");
    }
  }
}
