package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Progress;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.model.Models;
import dev.anabranch.server.Stores;
import dev.anabranch.storage.Place;
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
      "Makes the file marks.db of a data folder anew, in which Nostr events are found, from the"
          + " originals in the log: when it was lost or damaged, or for the words of events that"
          + " came from PostgreSQL.",
      "No server may run on the folder meanwhile. When it is stopped, what was there is left as it"
          + " was."
    },
    footer = {"", "Example:", "  anabranch reindex --data ./anabranch-data"})
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
    if (!(storage.place() instanceof Place.Folder(var folder))) {
      throw new CommandFailure(
          CommandFailure.MISUSED,
          "PostgreSQL keeps what is found in the log's own transactions; there is nothing to make"
              + " anew");
    }
    Models models = place.models(surroundings);
    long count;
    try (Progress progress = Progress.of("reindex", UNKNOWN, surroundings.output())) {
      count = Storage.reindex(folder, model -> models.of(model).marking(), new Shown(progress));
    }
    summary.tell(
        surroundings.output(),
        count + " events are found in marks.db",
        JsonObject.EMPTY.with("events", count));
    return 0;
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
