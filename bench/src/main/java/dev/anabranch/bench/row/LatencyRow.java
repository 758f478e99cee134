package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PlainBroadcast;
import dev.anabranch.bench.contender.PouchDb;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.contender.TinyBase;
import dev.anabranch.bench.limit.PostgresInsert;
import dev.anabranch.bench.limit.SqliteInsert;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.load.Writes;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.PostgresServer;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/// Latency: from one client's write to another client's socket, at thirty writes a second.
///
/// The raw commit on the same disk is timed at the same rate before and after, because an idle
/// processor and an idle disk answer later than busy ones.
final class LatencyRow implements Row {
  private static final String SCOPE = "bench:latency";
  private static final double PER_SECOND = 30;
  private static final int WARM_UP_WINDOW = 16;
  private static final int PEER_WARM_UP_WRITES = 1_500;
  private static final double PEER_WARM_UP_PER_SECOND = 500;
  private static final double OVERHEAD_MILLIS = 0.5;

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public String title() {
    return "write → other client, 30 writes/s, p50";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings.attempt("SQLite", () -> onSqlite(bench, findings));
    findings.attempt("PostgreSQL", () -> onPostgres(bench, findings));
    for (Contender peer : List.of(new TinyBase(), new PouchDb(), PlainBroadcast.ws())) {
      findings.attempt(peer.name(), () -> figure(bench, findings, peer));
    }
  }

  private static boolean onSqlite(Bench bench, Findings findings) {
    try (SqliteInsert raw = SqliteInsert.in(bench.folder("raw"), Settings.DATA_BYTES)) {
      raw.rowsPerSecond(1, java.time.Duration.ofMillis(500));
      return compare(
          bench,
          findings,
          Anabranch.onSqlite(),
          "raw SQLite commit",
          count -> raw.commits(count, PER_SECOND));
    }
  }

  private static boolean onPostgres(Bench bench, Findings findings) {
    try (PostgresServer postgres = bench.postgres()) {
      postgres.create("anabranch");
      PostgresInsert raw = PostgresInsert.on(postgres, bench.folder("raw"), Settings.DATA_BYTES);
      raw.commits(200, PEER_WARM_UP_PER_SECOND);
      return compare(
          bench,
          findings,
          Anabranch.onPostgres(postgres.address("anabranch")),
          "raw PostgreSQL commit",
          count -> raw.commits(count, PER_SECOND));
    }
  }

  private static boolean compare(
      Bench bench, Findings findings, Contender own, String limit, IntFunction<Histogram> commits) {
    int half = bench.settings().lowRateWrites() / 2;
    Histogram raw = commits.apply(half);
    Optional<Figure> figure = findings.attempt(own.name(), () -> figure(bench, findings, own));
    raw.add(commits.apply(half));
    double commit = Histograms.millis(raw, 50);
    findings.figure(limit, commit, "ms", "p99 " + Numbers.text(Histograms.millis(raw, 99)) + " ms");
    figure.ifPresent(seen ->
        findings.check(
            own.name() + ": commit + " + Numbers.text(seen.value() - commit) + " ms",
            "≤ commit + 0.5 ms",
            seen.value() <= commit + OVERHEAD_MILLIS));
    return true;
  }

  private static Figure figure(Bench bench, Findings findings, Contender contender) {
    LoadResult result = measure(bench, contender);
    if (!result.complaint().isEmpty()) {
      findings.note(contender.name() + ": " + result.complaint());
    }
    Histogram delays = result.deliveries();
    String detail =
        "p99 "
            + Numbers.text(Histograms.millis(delays, 99))
            + " ms, answer p50 "
            + Numbers.text(Histograms.millis(result.answers(), 50))
            + " ms";
    return findings.figure(contender.name(), Histograms.millis(delays, 50), "ms", detail);
  }

  private static LoadResult measure(Bench bench, Contender contender) {
    try (Running running = contender.launch(bench.folder("latency"));
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      running.prepare(SCOPE);
      ReaderGroup reader = loop.open(Readers.of(1, running.reader(SCOPE)));
      CallerGroup writers = loop.open(4, running.writer(SCOPE), running.exchange());
      Pause.of(running.settling());
      loop.run(
          warmUp(contender, running.writes(SCOPE, Settings.DATA_BYTES), bench), writers, reader);
      return loop.run(
          Load.of(
              running.writes(SCOPE, Settings.DATA_BYTES).from(1_000_000_000),
              Pace.rate(PER_SECOND),
              bench.settings().lowRateWrites()),
          writers,
          reader);
    }
  }

  // A JVM compiles a path after ten thousand times; a peer that keeps all rows in one text would
  // only grow slower.
  private static Load warmUp(Contender contender, Writes writes, Bench bench) {
    return contender instanceof Anabranch
        ? Load.lasting(writes, Pace.window(WARM_UP_WINDOW), bench.settings().warmUp())
        : Load.of(writes, Pace.rate(PEER_WARM_UP_PER_SECOND), PEER_WARM_UP_WRITES);
  }
}
