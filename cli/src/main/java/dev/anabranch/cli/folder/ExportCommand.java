package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.check.RulesOfLog;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.kernel.store.DeviceState;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.kernel.store.Loaded;
import dev.anabranch.kernel.store.Needs;
import dev.anabranch.kernel.store.Needs.DeviceName;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.kernel.store.Reading;
import dev.anabranch.kernel.store.Remembered;
import dev.anabranch.kernel.store.ScopeHead;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.Stores;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.sql.Epochs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Writes the whole log out, to be read in somewhere else.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes the log out as lines of JSON, with ids, order, keys and authors: `anabranch import`"
          + " makes a database of it that goes on from there, SQLite or PostgreSQL.",
      "It holds no tokens, no answers to writes that changed nothing, and no devices all of whose"
          + " writes changed nothing. A scope whose old changes were folded away cannot be"
          + " exported; a backup holds everything."
    },
    footer = {"", "Example:", "  anabranch export --data ./anabranch-data | gzip > log.ndjson.gz"})
public final class ExportCommand extends StoreCommand {

  static final String FORMAT = "anabranch-log-1";

  /// By which rule each model of the log is folded.
  static final String RULES = "rules";

  private static final PageLimit PAGE = new PageLimit(500, 1024 * 1024);

  /// How many changes with a damaged original are named.
  private static final int LOST_NAMED = 20;

  /// For scripts that ask every command for JSON: the log is JSON in any case.
  @Option(names = "--json", description = "Changes nothing: the log is JSON in any case.")
  void json(boolean ignored) {}

  /// A command of these surroundings.
  public ExportCommand(Surroundings surroundings) {
    super(surroundings);
  }

  @Override
  int work(Store store, Models models) {
    List<ScopeHead> heads = CheckCommand.heads(store);
    refuseFolded(heads);
    List<Long> lost = new ArrayList<>();
    long total = heads.stream().mapToLong(ScopeHead::seq).sum();
    JsonObject header =
        JsonObject.EMPTY.with("format", FORMAT).with("scopes", heads.size()).with("changes", total);
    Map<ModelName, String> rules = RulesOfLog.used(store);
    header = rules.isEmpty() ? header : header.with(RULES, spelled(rules));
    Epochs epochs = Storage.epochs(Stores.existing(place().configuration(surroundings())));
    output().line(EpochText.in(header, epochs).text());
    try (Progress progress = Progress.of("export", total, output())) {
      for (ScopeHead head : heads) {
        export(store, head, progress, lost);
      }
    }
    output().line(JsonObject.EMPTY.with("end", total).text());
    if (!lost.isEmpty()) {
      throw new CommandFailure(
          CommandFailure.NO,
          "the originals of "
              + lost.size()
              + " changes cannot be read and are empty here, first those of "
              + lost.subList(0, Math.min(lost.size(), LOST_NAMED))
              + "; a backup may still have them");
    }
    return 0;
  }

  private static JsonObject spelled(Map<ModelName, String> rules) {
    JsonObject spelled = JsonObject.EMPTY;
    for (Map.Entry<ModelName, String> rule : rules.entrySet()) {
      spelled = spelled.with(rule.getKey().text(), rule.getValue());
    }
    return spelled;
  }

  private static void refuseFolded(List<ScopeHead> heads) {
    for (ScopeHead head : heads) {
      if (head.floorSeq() > 0) {
        throw new CommandFailure(
            CommandFailure.NO,
            "the changes of "
                + head.scope()
                + " up to seq "
                + head.floorSeq()
                + " were folded away; take a backup instead");
      }
    }
  }

  private void export(Store store, ScopeHead head, Progress progress, List<Long> lost) {
    long after = 0;
    while (!output().isBroken()
        && store.read(head.scope(), after, PAGE) instanceof Reading.Page page
        && !page.changes().isEmpty()) {
      for (ExportedChange exported : exported(store, page.changes())) {
        output().lineOfMany(ChangeText.of(exported).text());
      }
      page.changes().stream().filter(Change::isProofLost).map(Change::id).forEach(lost::add);
      progress.by(page.changes().size());
      after = page.changes().getLast().id();
    }
  }

  /// The changes with the hashes of their writes and the counts of their devices, which the store
  /// tells only to a batch.
  private static List<ExportedChange> exported(Store store, List<Change> changes) {
    Set<Remembered.Name> names = new LinkedHashSet<>();
    Map<DeviceName, Change> devices = new HashMap<>();
    for (Change change : changes) {
      names.add(name(change));
      devices.put(device(change), change);
    }
    Loaded known = load(store, new Needs(Set.of(), names, Set.of(), devices.keySet()));
    List<ExportedChange> exported = new ArrayList<>();
    for (Change change : changes) {
      Remembered answer = known.remembered(name(change));
      if (answer == null) {
        throw new CommandFailure(
            CommandFailure.NO, "the database has forgotten the key of change " + change.id());
      }
      boolean last = change.equals(devices.get(device(change)));
      DeviceState counted = last ? known.device(device(change)) : null;
      exported.add(
          new ExportedChange(
              new Effects.Logged(change, answer.hash()),
              counted == null ? change.cause().n() : counted.n()));
    }
    return exported;
  }

  private static Loaded load(Store store, Needs needs) {
    AtomicReference<Loaded> last = new AtomicReference<>(); // the store may ask more than once
    store.commit(
        needs,
        loaded -> {
          last.set(loaded);
          return new Effects(
              loaded.headId(),
              loaded.headHlc(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              List.of());
        });
    return last.get();
  }

  private static DeviceName device(Change change) {
    return new DeviceName(change.scope(), change.cause().device());
  }

  private static Remembered.Name name(Change change) {
    return new Remembered.Name(change.scope(), change.author(), change.key());
  }
}
