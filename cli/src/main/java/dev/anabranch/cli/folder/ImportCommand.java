package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.check.RulesOfLog;
import dev.anabranch.kernel.check.RulesOfLog.Other;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.Stores;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ModelsFile;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.sql.Epochs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Reads a log in that `export` wrote out.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description =
        "Makes the database of an exported log, from standard input: the same ids, the same order,"
            + " the same keys. The database must be new. It goes on in an epoch of its own, as"
            + " after a restore: whoever heard more from the other one is told to fetch anew.",
    footer = {
      "",
      "Examples:",
      "  anabranch import --data ./other-data < log.ndjson",
      "  anabranch import --data ./other-data --json < log.ndjson",
      "  zcat log.ndjson.gz | anabranch import \\",
      "      --database postgresql://anabranch@localhost/anabranch"
    })
public final class ImportCommand implements Callable<Integer> {

  private static final int BATCH = 500;
  private static final JsonDecoder DECODER =
      new JsonDecoder(new JsonLimits(256 * 1024 * 1024, 200, 10_000_000));

  @Mixin private StoreOptions place = new StoreOptions();

  @Option(
      names = "--other-rules",
      description =
          "Take the log also where models.toml gives a model another rule than the one that made"
              + " its entities: they are made anew, and may be others.")
  private boolean otherRules;

  @Mixin private Summary summary = new Summary();

  private final Surroundings surroundings;
  private final RandomGenerator random;

  /// A command of these surroundings.
  ///
  /// @param random where the new epoch's ids begin
  public ImportCommand(Surroundings surroundings, RandomGenerator random) {
    this.surroundings = surroundings;
    this.random = random;
  }

  @Override
  public Integer call() {
    Configuration configuration = place.configuration(surroundings);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(surroundings.input(), StandardCharsets.UTF_8))) {
      JsonObject header = header(lines);
      refuseOtherRules(header);
      long[] changes = new long[1];
      long epoch =
          Storage.fill(
              Stores.storage(configuration),
              epochs(header),
              random,
              store -> changes[0] = read(header, lines, store));
      summary.tell(
          surroundings.output(),
          changes[0] + " changes were imported; this is epoch " + epoch,
          JsonObject.EMPTY.with("changes", changes[0]).with("epoch", epoch));
      return 0;
    } catch (IOException | UncheckedIOException broken) {
      throw new CommandFailure(CommandFailure.MISUSED, "standard input cannot be read", broken);
    }
  }

  /// Looked at before the database is touched.
  private static JsonObject header(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "standard input is empty; nothing was imported: give it what anabranch export wrote");
    }
    JsonObject header = object(line, 1);
    if (!header.string("format").orElse("").equals(ExportCommand.FORMAT)) {
      throw wrong(1, "this is no log that anabranch export wrote");
    }
    return header;
  }

  /// The same changes, folded by other rules, are other entities.
  private void refuseOtherRules(JsonObject header) {
    Map<ModelName, String> made = new TreeMap<>();
    if (header.get(ExportCommand.RULES) instanceof JsonObject rules) {
      rules
          .fields()
          .keySet()
          .forEach(model ->
              made.put(
                  ModelName.parse(model).orElseThrow(() -> wrong(1, "no model is called " + model)),
                  rules.string(model).orElse("")));
    }
    List<Other> others =
        RulesOfLog.others(made, RulesOfLog.of(place.models(surroundings))).stream()
            .filter(other -> made.containsKey(other.model()))
            .toList();
    if (!others.isEmpty() && !otherRules) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          others.stream().map(Other::toString).collect(Collectors.joining("; "))
              + " here; put the "
              + ModelsFile.NAME
              + " of the exported log into the data folder first, or say --other-rules");
    }
  }

  private long read(JsonObject header, BufferedReader lines, Store store) {
    Models models = place.models(surroundings);
    try {
      long changes = read(header, lines, new LogImport(store, models));
      store.keepRules(RulesOfLog.of(models));
      return changes;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private long read(JsonObject header, BufferedReader lines, LogImport into) throws IOException {
    List<ExportedChange> batch = new ArrayList<>();
    long number = 1;
    long changes = 0;
    try (Progress progress =
        Progress.of("import", header.number("changes").orElse(-1), surroundings.output())) {
      while (true) {
        JsonObject line = object(lines.readLine(), ++number);
        if (line.number("end").isPresent()) {
          into.add(batch);
          progress.by(batch.size());
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

  private static Epochs epochs(JsonObject header) {
    try {
      return EpochText.parse(header);
    } catch (IllegalArgumentException mistake) {
      throw wrong(1, String.valueOf(mistake.getMessage()));
    }
  }

  private static ExportedChange change(JsonObject line, long number) {
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
      throw wrong(
          number,
          "the log breaks off; the database is not whole and will not be opened: delete it");
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
