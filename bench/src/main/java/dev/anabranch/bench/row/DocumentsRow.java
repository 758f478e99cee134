package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.AnabranchServer;
import dev.anabranch.bench.contender.YWebsocket;
import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.process.Commands;
import dev.anabranch.bench.process.Node;
import dev.anabranch.bench.process.PostgresServer;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Documents: eight editors type into one, another editor sees every keystroke.
///
/// The editors are one program on Node for all servers, so that its own limit is the same for each.
/// Anabranch shows an update once it is on disk; the peer keeps documents in memory alone.
final class DocumentsRow implements Row {
  private static final String DOCUMENT = "bench:documents/d";
  private static final int WRITERS = 8;

  @Override
  public String name() {
    return "documents";
  }

  @Override
  public String title() {
    return "keystrokes of 8 editors seen by another, one document";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    Optional<Figure> own = findings.attempt("Anabranch", () -> onSqlite(bench, findings));
    findings.attempt("PostgreSQL", () -> onPostgres(bench, findings));
    Optional<Figure> peer = findings.attempt(YWebsocket.NAME, () -> peer(bench, findings));
    own.ifPresent(figure -> peer.ifPresent(other -> findings.atLeast(figure, other, 1)));
  }

  private static Figure onSqlite(Bench bench, Findings findings) {
    return own(bench, findings, Anabranch.onSqlite());
  }

  private static Figure onPostgres(Bench bench, Findings findings) {
    try (PostgresServer postgres = bench.postgres()) {
      postgres.create("anabranch");
      return own(bench, findings, Anabranch.onPostgres(postgres.address("anabranch")));
    }
  }

  private static Figure own(Bench bench, Findings findings, Anabranch anabranch) {
    Path folder = bench.folder("documents");
    try (AnabranchServer running = anabranch.launch(folder)) {
      String address = "ws://" + running.server().authority() + "/documents/" + DOCUMENT;
      return figure(bench, findings, anabranch.name(), folder, address);
    }
  }

  private static Figure peer(Bench bench, Findings findings) {
    Path folder = bench.folder("documents");
    try (ServerProcess server = YWebsocket.launch(folder)) {
      String address = "ws://" + server.authority() + "/" + DOCUMENT;
      return figure(bench, findings, YWebsocket.NAME, folder, address);
    }
  }

  private static Figure figure(
      Bench bench, Findings findings, String name, Path folder, String address) {
    int keystrokes = bench.settings().quick() ? 16_000 : 80_000;
    List<String> command = new ArrayList<>(Node.command("documents-client.mjs"));
    command.addAll(
        List.of(
            address,
            Integer.toString(WRITERS),
            Integer.toString(keystrokes),
            Integer.toString(bench.settings().lowRateWrites())));
    JsonNode seen = JsonMapper.shared().readTree(Commands.run(folder, command));
    if (!seen.path("complete").asBoolean(false)) {
      throw new BenchFailure("the reader did not see every keystroke");
    }
    return findings.figure(
        name,
        seen.path("perSecond").asDouble(),
        "/s",
        "at 30/s: p50 "
            + Numbers.text(seen.path("p50").asDouble())
            + " ms, p99 "
            + Numbers.text(seen.path("p99").asDouble())
            + " ms");
  }
}
