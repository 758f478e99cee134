package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.integrity.Trial;
import dev.anabranch.bench.process.PostgresServer;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;

/// Integrity: whether anything is lost, doubled or reordered while server and database are killed.
final class IntegrityRow implements Row {
  @Override
  public String name() {
    return "integrity";
  }

  @Override
  public String title() {
    return "lost, doubled or reordered changes, 64 writers, 64 readers, kills";
  }

  @Override
  public Better better() {
    return Better.LESS;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    findings.attempt("PostgreSQL", () -> onPostgres(bench, findings));
    findings.attempt("SQLite", () -> onSqlite(bench, findings));
  }

  private static boolean onPostgres(Bench bench, Findings findings) {
    try (PostgresServer postgres = bench.postgres()) {
      postgres.create("anabranch");
      Anabranch anabranch = Anabranch.onPostgres(postgres.address("anabranch"));
      Trial trial =
          new Trial(
              anabranch, postgres, bench.folder("integrity"), bench.settings().integrityChanges());
      return report(findings, "Anabranch on PostgreSQL", trial.run());
    }
  }

  private static boolean onSqlite(Bench bench, Findings findings) {
    Trial trial =
        new Trial(
            Anabranch.onSqlite(),
            null,
            bench.folder("integrity"),
            bench.settings().integrityChanges());
    return report(findings, "Anabranch", trial.run());
  }

  private static boolean report(Findings findings, String name, Trial.Verdict verdict) {
    String detail =
        Numbers.text(verdict.changes())
            + " changes, "
            + Numbers.text(verdict.deliveries())
            + " deliveries by delta, WebSocket and SSE, server killed "
            + verdict.serverKills()
            + " ×, PostgreSQL "
            + verdict.databaseKills()
            + " ×, "
            + Numbers.text(verdict.seconds())
            + " s";
    double wrong = verdict.lost() + verdict.doubled() + verdict.reordered();
    findings.figure(name, wrong, "changes", detail);
    findings.check(
        name
            + ": "
            + verdict.lost()
            + " lost, "
            + verdict.doubled()
            + " doubled, "
            + verdict.reordered()
            + " reordered",
        "0 of " + Numbers.text(verdict.changes()),
        verdict.isClean());
    return true;
  }
}
