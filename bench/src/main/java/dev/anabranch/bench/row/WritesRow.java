package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.AnabranchServer;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PouchDb;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.contender.TinyBase;
import dev.anabranch.bench.limit.PostgresInsert;
import dev.anabranch.bench.limit.SqliteInsert;
import dev.anabranch.bench.limit.SqliteTables;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.load.KernelCallers;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.load.WriteTemplate;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.PostgresServer;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Durable writes a second: 256 callers, each with one write on its way, one subscriber that sees
/// all.
final class WritesRow implements Row {
  private static final String SCOPE = "bench:writes";
  private static final int BATCH = 256;
  private static final int PGBENCH_CLIENTS = 16;
  private static final double TIMES_PGBENCH = 1.5;
  private static final double OF_RAW_SQLITE = 0.6;

  @Override
  public String name() {
    return "writes";
  }

  @Override
  public String title() {
    return "durable writes a second, 256 callers";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings.attempt("SQLite", () -> onSqlite(bench, findings));
    findings.attempt("PostgreSQL", () -> onPostgres(bench, findings));
    for (Contender peer : List.of(new TinyBase(), new PouchDb())) {
      findings.attempt(
          peer.name(),
          () -> figure(findings, peer.name(), best(bench, () -> measure(bench, peer, Way.OWN))));
    }
  }

  private enum Way {
    OWN,
    HTTP
  }

  private static boolean onSqlite(Bench bench, Findings findings) {
    Anabranch anabranch = Anabranch.onSqlite();
    Optional<Figure> own =
        own(bench, findings, anabranch.name(), () -> measure(bench, anabranch, Way.OWN));
    own(bench, findings, "Anabranch by HTTP", () -> measure(bench, anabranch, Way.HTTP));
    Figure kernel = kernel(bench, findings, bench.folder("kernel").toString(), "the log, SQLite");
    Figure tables = rawTables(bench, findings);
    Figure raw = raw(bench, findings);
    findings.atLeast(kernel, tables, OF_RAW_SQLITE);
    own.ifPresent(figure -> findings.atLeast(figure, raw, OF_RAW_SQLITE));
    return true;
  }

  /// The kernel's port without a server around it.
  private static Figure kernel(Bench bench, Findings findings, String place, String name) {
    double best = 0;
    try (KernelCallers callers = new KernelCallers(place, Settings.DATA_BYTES)) {
      callers.writesPerSecond(Settings.CALLERS, bench.settings().warmUp());
      for (int round = 0; round < bench.settings().rounds(); round++) {
        best = Math.max(best, callers.writesPerSecond(Settings.CALLERS, bench.settings().load()));
      }
    }
    return findings.figure(name, best, "writes/s", "256 callers on the kernel's port, no sockets");
  }

  private static Figure rawTables(Bench bench, Findings findings) {
    double best = 0;
    for (int round = 0; round < bench.settings().rounds(); round++) {
      try (SqliteTables raw = SqliteTables.in(bench.folder("tables"), Settings.DATA_BYTES)) {
        raw.changesPerSecond(BATCH, Duration.ofMillis(500));
        best = Math.max(best, raw.changesPerSecond(BATCH, bench.settings().load()));
      }
    }
    return findings.figure(
        "raw SQLite, the log's tables", best, "writes/s", "batches of 256, WAL, FULL");
  }

  private static Figure raw(Bench bench, Findings findings) {
    double best = 0;
    for (int round = 0; round < bench.settings().rounds(); round++) {
      try (SqliteInsert raw = SqliteInsert.in(bench.folder("raw"), Settings.DATA_BYTES)) {
        raw.rowsPerSecond(BATCH, Duration.ofMillis(500));
        best = Math.max(best, raw.rowsPerSecond(BATCH, bench.settings().load()));
      }
    }
    return findings.figure(
        "raw SQLite, one table", best, "writes/s", "batches of 256, WAL, FULL, one index");
  }

  private static boolean onPostgres(Bench bench, Findings findings) {
    try (PostgresServer postgres = bench.postgres()) {
      PostgresInsert raw = PostgresInsert.on(postgres, bench.folder("raw"), Settings.DATA_BYTES);
      AtomicInteger rounds = new AtomicInteger();
      Optional<Figure> own =
          own(
              bench,
              findings,
              "Anabranch on PostgreSQL",
              () -> measureOn(bench, postgres, "round" + rounds.incrementAndGet()));
      postgres.create("kernel");
      Optional<Figure> kernel =
          findings.attempt(
              "the log",
              () -> kernel(bench, findings, postgres.address("kernel"), "the log, PostgreSQL"));
      Optional<Figure> limit = findings.attempt("pgbench", () -> pgbench(bench, findings, raw));
      kernel.ifPresent(
          figure -> limit.ifPresent(pgbench -> findings.atLeast(figure, pgbench, TIMES_PGBENCH)));
      own.ifPresent(
          figure -> limit.ifPresent(pgbench -> findings.atLeast(figure, pgbench, TIMES_PGBENCH)));
      return true;
    }
  }

  /// Each round has a database of its own: the subscriber of a used one would be sent all of it.
  private static LoadResult measureOn(Bench bench, PostgresServer postgres, String database) {
    postgres.create(database);
    return measure(bench, Anabranch.onPostgres(postgres.address(database)), Way.OWN);
  }

  private static Figure pgbench(Bench bench, Findings findings, PostgresInsert raw) {
    double best = 0;
    for (int round = 0; round < bench.settings().rounds(); round++) {
      best = Math.max(best, raw.pgbench(PGBENCH_CLIENTS, bench.settings().load()));
    }
    return findings.figure("pgbench", best, "writes/s", "16 clients, one row a transaction");
  }

  private static Optional<Figure> own(
      Bench bench, Findings findings, String name, Findings.Part<LoadResult> round) {
    return findings.attempt(name, () -> figure(findings, name, best(bench, round)));
  }

  private static LoadResult best(Bench bench, Findings.Part<LoadResult> part) {
    LoadResult best = part.measure();
    for (int round = 1; round < bench.settings().rounds(); round++) {
      LoadResult next = part.measure();
      best = rate(next) > rate(best) ? next : best;
    }
    return best;
  }

  // Without answers the sight of the subscriber is all there is.
  private static double rate(LoadResult result) {
    return Math.min(result.writesPerSecond(), result.deliveriesPerSecond());
  }

  private static Figure figure(Findings findings, String name, LoadResult result) {
    if (!result.complaint().isEmpty()) {
      findings.note(name + ": " + result.complaint());
    }
    double lagMillis = (result.totalNanos() - result.writingNanos()) / 1e6;
    String detail =
        "answer p50 "
            + Numbers.text(Histograms.millis(result.answers(), 50))
            + " ms, p99 "
            + Numbers.text(Histograms.millis(result.answers(), 99))
            + " ms, subscriber "
            + Numbers.text(Math.max(0, lagMillis))
            + " ms behind at the end";
    return findings.figure(name, rate(result), "writes/s", detail);
  }

  private static LoadResult measure(Bench bench, Contender contender, Way way) {
    try (Running running = contender.launch(bench.folder("writes"));
        LoadLoop loop = LoadLoop.to(running.server().address())) {
      running.prepare(SCOPE);
      ReaderGroup reader = loop.open(Readers.of(1, running.reader(SCOPE)));
      AnabranchServer http =
          way == Way.HTTP && running instanceof AnabranchServer server ? server : null;
      CallerGroup callers = callers(loop, running, http);
      Pause.of(running.settling());
      Pace pace = running.exchange() == Exchange.NONE ? Pace.window(Settings.CALLERS) : Pace.free();
      loop.run(
          Load.lasting(writes(running, http), pace, bench.settings().warmUp()), callers, reader);
      WriteTemplate template = writes(running, http).from(1_000_000_000);
      return loop.run(Load.lasting(template, pace, bench.settings().load()), callers, reader);
    }
  }

  private static CallerGroup callers(
      LoadLoop loop, Running running, @Nullable AnabranchServer http) {
    return http == null
        ? loop.open(Settings.CALLERS, running.writer(SCOPE), running.exchange())
        : loop.open(Settings.CALLERS, Opening.plain(), Exchange.HTTP);
  }

  private static WriteTemplate writes(Running running, @Nullable AnabranchServer http) {
    return http == null
        ? running.writes(SCOPE, Settings.DATA_BYTES)
        : http.httpWrites(SCOPE, Settings.DATA_BYTES);
  }
}
