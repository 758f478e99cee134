package dev.anabranch.cli.demo;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.cli.terminal.TemporaryFolder;
import dev.anabranch.kernel.json.Json;
import dev.anabranch.kernel.json.JsonArray;
import dev.anabranch.kernel.json.JsonBoolean;
import dev.anabranch.kernel.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Replays a recorded history through crashes, and compares what everybody holds.
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Replays a history of file changes (one JSON object a line, packed with gzip) through a"
            + " real server process, with one client for each device: every client goes offline for"
            + " random stretches, the server is killed with -9 on the way. At the end all of them"
            + " must hold the same files.",
    footer = {"", "Exit status 0 when they do, 1 when they do not."})
final class ReplayCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FILE", description = "Such as code_changes.ndjson.gz.")
  private Path file = Path.of("");

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "An empty PostgreSQL database, postgresql://…, instead of SQLite.")
  private @Nullable String database;

  @Option(names = "--kills", paramLabel = "N", description = "Default: 5.")
  private int kills = 5;

  @Option(names = "--changes", paramLabel = "N", description = "Only the first N changes.")
  private int changesMax = Integer.MAX_VALUE;

  @Option(names = "--seed", paramLabel = "N", description = "Decides over stretches; default: 1.")
  private long seed = 1;

  @Mixin private Summary summary = new Summary();

  private final Surroundings surroundings;

  ReplayCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<FileChange> changes = read();
    try (TemporaryFolder folder = TemporaryFolder.named("anabranch-replay")) {
      Replay.Settings settings =
          new Replay.Settings(folder.path(), Optional.ofNullable(database), kills, seed);
      return report(replay(settings, changes)) ? 0 : CommandFailure.NO;
    }
  }

  private List<FileChange> read() throws IOException {
    if (!Files.isReadable(file)) {
      throw new CommandFailure(CommandFailure.MISUSED, file + " cannot be read");
    }
    try (InputStream in = Files.newInputStream(file)) {
      List<FileChange> all = FileChange.readAll(in);
      return all.subList(0, Math.min(changesMax, all.size()));
    }
  }

  private Replay.Findings replay(Replay.Settings settings, List<FileChange> changes)
      throws IOException, InterruptedException {
    Output output = surroundings.output();
    Set<String> devices = new HashSet<>();
    changes.forEach(change -> devices.add(change.device()));
    output.remark(
        changes.size()
            + " changes by "
            + devices.size()
            + " devices, through a server process on "
            + (database == null ? "SQLite" : "PostgreSQL"));
    if (output.isWatched()) {
      return withBar(settings, changes);
    }
    AtomicInteger tenths = new AtomicInteger();
    Consumer<Integer> progress =
        applied -> {
          int tenth = (int) (10L * applied / Math.max(1, changes.size()));
          if (tenths.getAndSet(Math.max(tenth, tenths.get())) < tenth) {
            output.remark(applied + " changes applied");
          }
        };
    try (Replay replay = new Replay(settings, changes, progress, output::remark)) {
      return replay.run();
    }
  }

  private Replay.Findings withBar(Replay.Settings settings, List<FileChange> changes)
      throws IOException, InterruptedException {
    try (Progress bar = Progress.of("replay", changes.size(), surroundings.output());
        Replay replay = new Replay(settings, changes, bar::at, bar::now)) {
      return replay.run();
    }
  }

  private boolean report(Replay.Findings findings) {
    Output output = surroundings.output();
    Replay.Holding expected = findings.expected();
    if (summary.isJson()) {
      output.value(told(findings), true);
      return findings.agree();
    }
    output.line(row(expected, "expected"));
    for (Replay.Holding holding : findings.held()) {
      boolean same =
          holding.files() == expected.files() && holding.digest().equals(expected.digest());
      output.line(
          row(
              holding,
              same
                  ? output.in(Output.Colour.GREEN, "same")
                  : output.in(Output.Colour.RED, "DIFFERENT")));
    }
    return findings.agree();
  }

  private static JsonObject told(Replay.Findings findings) {
    List<Json> held = findings.held().stream().<Json>map(ReplayCommand::told).toList();
    return JsonObject.EMPTY
        .with("same", JsonBoolean.of(findings.agree()))
        .with("expected", told(findings.expected()))
        .with("held", new JsonArray(held));
  }

  private static JsonObject told(Replay.Holding holding) {
    return JsonObject.EMPTY
        .with("who", holding.who())
        .with("files", holding.files())
        .with("digest", holding.digest());
  }

  private static String row(Replay.Holding holding, String verdict) {
    return String.format(
        "%-34s %6d files  %s  %s", holding.who(), holding.files(), holding.digest(), verdict);
  }
}
