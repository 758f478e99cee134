package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.server.Stores;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.storage.sql.Remarking;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Makes the file of marks anew.
@Command(
    name = "reindex",
    mixinStandardHelpOptions = true,
    description = {
      "Makes anew that in which Nostr events are found, from the originals in the log: the file"
          + " marks.db of a data folder when it was lost or damaged, or the tables of a PostgreSQL"
          + " database.",
      "No server may run on it meanwhile. When it is stopped, what was there is left as it was."
    },
    footer = {
      "",
      "Examples:",
      "  anabranch reindex --data ./anabranch-data",
      "  anabranch reindex --database postgresql://anabranch@127.0.0.1/anabranch"
    })
public final class ReindexCommand implements Callable<Integer> {

  private static final int UNKNOWN = -1;

  @Mixin private StoreOptions place = new StoreOptions();

  @Mixin private Summary summary = new Summary();

  private final Surroundings surroundings;

  /// A command of these surroundings.
  public ReindexCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    StorageConfiguration storage = Stores.existing(place.configuration(surroundings));
    long count = run(storage, place.models(surroundings), surroundings);
    summary.tell(
        surroundings.output(), count + " events are found", JsonObject.EMPTY.with("events", count));
    return 0;
  }

  /// Makes it anew behind a progress bar.
  ///
  /// @return how many events are found
  static long run(StorageConfiguration storage, Models models, Surroundings surroundings) {
    try (Progress progress = Progress.of("reindex", UNKNOWN, surroundings.output())) {
      return Storage.reindex(storage, model -> models.of(model).marking(), new Shown(progress));
    }
  }

  /// A run on a progress bar.
  private record Shown(Progress progress) implements Remarking.Listener {
    @Override
    public void begins(long most) {
      progress.outOf(most);
    }

    @Override
    public void marked(long more) {
      progress.by(more);
    }

    @Override
    public void makesIndexes() {
      progress.now("making indexes");
    }
  }
}
