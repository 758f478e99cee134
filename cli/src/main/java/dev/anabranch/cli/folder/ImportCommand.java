package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Reads a log in that `export` wrote out.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description =
        "Makes the database of an exported log, from standard input: the same ids, the same order,"
            + " the same keys. The database must be new.",
    footer = {
      "",
      "Examples:",
      "  anabranch import --data ./other-data < log.ndjson",
      "  anabranch import --data ./other-data --json < log.ndjson",
      "  zcat log.ndjson.gz | anabranch import --database"
          + " postgresql://anabranch@localhost/anabranch"
    })
public final class ImportCommand implements Callable<Integer> {

  private static final int BATCH = 500;
  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(256 * 1024 * 1024, 200, 10_000_000));

  @Mixin private StoreOptions place = new StoreOptions();

  @Mixin private Summary summary = new Summary();

  private final Surroundings surroundings;

  /// A command of these surroundings.
  public ImportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try (Store store = Stores.opener(place.configuration(surroundings)).open();
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(surroundings.input(), StandardCharsets.UTF_8))) {
      if (!store.heads(null, 1).isEmpty()) {
        throw new CommandFailure(
            CommandFailure.NO, "the database is not new; import makes a whole one");
      }
      long changes = read(lines, new LogImport(store, place.models(surroundings)));
      summary.tell(
          surroundings.output(),
          changes + " changes were imported",
          JsonObject.EMPTY.with("changes", changes));
      return 0;
    } catch (IOException broken) {
      throw new CommandFailure(CommandFailure.MISUSED, "standard input cannot be read", broken);
    }
  }

  private long read(BufferedReader lines, LogImport into) throws IOException {
    JsonObject header = object(lines.readLine(), 1);
    if (!header.string("format").orElse("").equals(ExportCommand.FORMAT)) {
      throw wrong(1, "this is no log that anabranch export wrote");
    }
    List<Effects.Logged> batch = new ArrayList<>();
    long number = 1;
    long changes = 0;
    try (Progress progress =
        Progress.of("import", header.number("changes").orElse(-1), surroundings.output())) {
      while (true) {
        JsonObject line = object(lines.readLine(), ++number);
        if (line.number("end").isPresent()) {
          into.add(batch);
          complete(line.number("end").getAsLong(), changes);
          return changes;
        }
        batch.add(change(line, number));
        changes++;
        if (batch.size() == BATCH) {
          into.add(batch);
          progress.by(batch.size());
          batch.clear();
        }
      }
    }
  }

  private static Effects.Logged change(JsonObject line, long number) {
    try {
      return ChangeText.parse(line);
    } catch (IllegalArgumentException mistake) {
      throw wrong(number, String.valueOf(mistake.getMessage()));
    }
  }

  private static void complete(long said, long found) {
    if (said != found) {
      throw new CommandFailure(
          CommandFailure.NO, "the log says " + said + " changes, " + found + " were there");
    }
  }

  private static JsonObject object(@Nullable String line, long number) {
    if (line == null) {
      throw wrong(number, "the log breaks off; the database is incomplete, delete it");
    }
    if (DECODER.decode(line) instanceof Decoded.Value(JsonObject object)) {
      return object;
    }
    throw wrong(number, "this is no JSON object");
  }

  private static CommandFailure wrong(long number, String why) {
    return new CommandFailure(CommandFailure.MISUSED, "line " + number + ": " + why);
  }
}
