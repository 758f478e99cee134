package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.server.Stores;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Brings a backup back.
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description =
        "Brings a backup back into an empty folder or database, of either kind, and begins the next"
            + " epoch: clients that had seen more than the backup holds start over by themselves.",
    footer = {"", "Example:", "  anabranch restore monday.anabranch --data ./anabranch-data"})
public final class RestoreCommand implements Callable<Integer> {

  @Mixin private StoreOptions place = new StoreOptions();

  @Mixin private Summary summary = new Summary();

  @Parameters(index = "0", paramLabel = "FILE", description = "What anabranch backup made.")
  private @Nullable Path file;

  private final Surroundings surroundings;
  private final RandomGenerator random;

  /// @param random where in the new epoch's ids the history begins
  public RestoreCommand(Surroundings surroundings, RandomGenerator random) {
    this.surroundings = surroundings;
    this.random = random;
  }

  @Override
  public Integer call() {
    if (file == null || !Files.exists(file)) {
      throw new CommandFailure(CommandFailure.MISUSED, "there is no file " + file);
    }
    StorageConfiguration storage = Stores.storage(place.configuration(surroundings));
    long epoch = Storage.restore(file, storage, random);
    if (Storage.losesWords(file, storage)) {
      ReindexCommand.run(storage, place.models(surroundings), surroundings);
    }
    summary.tell(
        surroundings.output(),
        "restored from " + file + "; this is epoch " + epoch,
        JsonObject.EMPTY.with("file", file.toString()).with("epoch", epoch));
    return 0;
  }
}
