package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.AnabranchServer;
import dev.anabranch.bench.contender.AnabranchWire;
import dev.anabranch.bench.contender.Contender;
import dev.anabranch.bench.contender.PouchDb;
import dev.anabranch.bench.contender.Running;
import dev.anabranch.bench.contender.Snapshots;
import dev.anabranch.bench.contender.TinyBase;
import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.process.Pause;
import dev.anabranch.bench.process.PostgresServer;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// Bootstrap: a new client reads and parses a hundred thousand entities.
///
/// And a second one that holds the entity tag: it must be told 304, and on PostgreSQL the server
/// must not run a transaction for it.
final class BootstrapRow implements Row {
  private static final String SCOPE = "bench:bootstrap";
  private static final int DATA_BYTES = 200;
  private static final int REPEATS = 5;
  private static final int UNCHANGED_REQUESTS = 1_000;
  private static final double SECONDS_MAX = 0.6;
  private static final int NOT_MODIFIED = 304;
  // The lease, health checks and this row's own look at the statistics run a few.
  private static final long OTHER_TRANSACTIONS_MAX = 100;

  @Override
  public String name() {
    return "bootstrap";
  }

  @Override
  public String title() {
    return "bootstrap of 100,000 entities, parsed";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings.attempt("Anabranch", () -> onSqlite(bench, findings));
    findings.attempt("Anabranch on PostgreSQL", () -> onPostgres(bench, findings));
    for (Contender peer : List.of(new TinyBase(), new PouchDb())) {
      findings.attempt(peer.name(), () -> peer(bench, findings, peer));
    }
  }

  private static boolean onSqlite(Bench bench, Findings findings) {
    Anabranch anabranch = Anabranch.onSqlite();
    try (AnabranchServer server = anabranch.launch(bench.folder("bootstrap"))) {
      return measure(findings, server, anabranch.name());
    }
  }

  private static boolean onPostgres(Bench bench, Findings findings) {
    try (PostgresServer postgres = bench.postgres()) {
      postgres.create("anabranch");
      Anabranch anabranch = Anabranch.onPostgres(postgres.address("anabranch"));
      try (AnabranchServer server = anabranch.launch(bench.folder("bootstrap"))) {
        measure(findings, server, anabranch.name());
        noTransactions(findings, server.wire(), postgres);
        return true;
      }
    }
  }

  private static boolean measure(Findings findings, AnabranchServer server, String name) {
    AnabranchWire wire = server.wire();
    wire.fill(SCOPE, 0, Settings.ENTITIES, DATA_BYTES);
    double[] millis =
        IntStream.range(0, REPEATS).mapToDouble(_ -> whole(wire).millis()).sorted().toArray();
    double seconds = millis[REPEATS / 2] / 1e3;
    findings.figure(
        name,
        Settings.ENTITIES / seconds,
        "entities/s",
        Numbers.text(seconds) + " s, best " + Numbers.text(millis[0] / 1e3) + " s");
    findings.check(name + ": " + Numbers.text(seconds) + " s", "≤ 0.6 s", seconds <= SECONDS_MAX);
    return true;
  }

  private static AnabranchWire.Bootstrap whole(AnabranchWire wire) {
    AnabranchWire.Bootstrap bootstrap = wire.bootstrap(SCOPE);
    if (bootstrap.records() != Settings.ENTITIES) {
      throw new BenchFailure("bootstrap held " + bootstrap.records() + " entities");
    }
    return bootstrap;
  }

  private static void noTransactions(
      Findings findings, AnabranchWire wire, PostgresServer postgres) {
    String etag = wire.bootstrap(SCOPE).etag();
    long before = transactions(postgres);
    double unchanged =
        IntStream.range(0, UNCHANGED_REQUESTS)
            .filter(_ -> wire.bootstrapStatus(SCOPE, etag) == NOT_MODIFIED)
            .count();
    long ran = transactions(postgres) - before;
    findings.check(
        Numbers.text(unchanged) + " of 1,000 answered 304, " + ran + " transactions in PostgreSQL",
        "second client with ETag: 304 without SQL",
        unchanged == UNCHANGED_REQUESTS && ran <= OTHER_TRANSACTIONS_MAX);
  }

  // PostgreSQL publishes a backend's counters when it has been idle for a second.
  private static long transactions(PostgresServer postgres) {
    Pause.of(Duration.ofMillis(1500));
    String sql =
        "select xact_commit + xact_rollback from pg_stat_database where datname = 'anabranch'";
    try (Connection connection = DriverManager.getConnection(postgres.url("postgres"));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new BenchFailure("cannot read PostgreSQL's statistics", e);
    }
  }

  private static Figure peer(Bench bench, Findings findings, Contender peer) {
    int entities = bench.settings().peerEntities();
    try (Running running = peer.launch(bench.folder("bootstrap"))) {
      Snapshots snapshots = (Snapshots) running;
      double seconds = snapshots.snapshots(entities, 1).bootstrapMillis() / 1e3;
      return findings.figure(
          peer.name(),
          entities / seconds,
          "entities/s",
          Numbers.text(entities) + " entities in " + Numbers.text(seconds) + " s");
    }
  }
}
