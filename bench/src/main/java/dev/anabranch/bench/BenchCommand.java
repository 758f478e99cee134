package dev.anabranch.bench;

import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.MarkdownReport;
import dev.anabranch.bench.report.PeerComparison;
import dev.anabranch.bench.report.RowResult;
import dev.anabranch.bench.row.Row;
import dev.anabranch.bench.row.Rows;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Machine;
import dev.anabranch.bench.setting.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Measures Anabranch beside its peers and its physical limits, in one run.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = SimulateCommand.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  anabranch bench --quick",
      "  anabranch bench fan-out writes",
      "  anabranch bench simulate --seeds 10000"
    },
    description =
        "Measures this server beside its peers and its physical limits, in one run, and prints"
            + " ratios. Exit status 0 when the rows ran, met or not; 2 when a name is unknown.")
public final class BenchCommand implements Callable<Integer> {
  private static final int QUICK_CHANGES = 20_000;
  private static final int FULL_CHANGES = 1_000_000;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "Rows to run: integrity, writes, latency, fan-out, idle, bootstrap, catch-up, stall,"
              + " start, crdt, documents, idle-documents, relay, relay-live. Default: all.")
  private List<String> names = List.of();

  @Option(names = "--quick", description = "Short runs, under five minutes together.")
  private boolean quick;

  @Option(names = "--json", description = "Print the figures as JSON, progress goes to stderr.")
  private boolean json;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "Write the figures into FILE, between its marks.")
  private @Nullable Path markdown;

  @Option(
      names = "--changes",
      paramLabel = "N",
      description = "Changes of the integrity row; default 1,000,000, with --quick 20,000.")
  private int changes;

  @Spec private CommandSpec specification;

  /// Runs the bench by itself.
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() {
    CommandLine command = specification.commandLine();
    Optional<String> unknown =
        names.stream()
            .filter(name -> Rows.all().stream().noneMatch(row -> row.name().equals(name)))
            .findFirst();
    if (unknown.isPresent()) {
      command.getErr().println("no row is called " + unknown.get());
      return CommandLine.ExitCode.USAGE;
    }
    PrintWriter progress = json ? command.getErr() : command.getOut();
    List<RowResult> results = measure(progress);
    PeerComparison.of(results).ifPresent(peers -> add(results, peers, progress));
    finish(results, command.getOut());
    return CommandLine.ExitCode.OK;
  }

  private Settings settings() {
    int wanted = changes > 0 ? changes : quick ? QUICK_CHANGES : FULL_CHANGES;
    return quick ? Settings.ofQuickRun(wanted) : Settings.ofFullRun(wanted);
  }

  private List<RowResult> measure(PrintWriter progress) {
    List<RowResult> results = new ArrayList<>();
    progress.println(Machine.describe());
    try (Bench bench = new Bench(settings())) {
      for (Row row : Rows.all()) {
        if (names.isEmpty() || names.contains(row.name())) {
          results.add(measure(bench, row, progress));
        }
      }
    }
    return results;
  }

  private static RowResult measure(Bench bench, Row row, PrintWriter progress) {
    progress.println("\n" + row.name() + ": " + row.title());
    progress.flush();
    Findings findings = new Findings(progress);
    long start = System.nanoTime();
    findings.attempt(
        row.name(),
        () -> {
          row.measure(bench, findings);
          return true;
        });
    double seconds = (System.nanoTime() - start) / 1e9;
    return findings.result(row.name(), row.title(), row.better(), seconds);
  }

  private static void add(List<RowResult> results, RowResult peers, PrintWriter progress) {
    results.add(peers);
    progress.println("\n" + peers.title());
    peers
        .checks()
        .forEach(check ->
            progress.println("  " + (check.met() ? "met   " : "MISSED") + "  " + check.reached()));
  }

  private void finish(List<RowResult> results, PrintWriter out) {
    if (json) {
      out.println(JsonMapper.shared().writeValueAsString(results));
    }
    if (markdown != null) {
      MarkdownReport.write(markdown, results, Machine.describe());
    }
    out.flush();
  }
}
