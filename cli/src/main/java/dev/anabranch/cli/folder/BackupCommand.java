package dev.anabranch.cli.folder;

import dev.anabranch.cli.terminal.Summary;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.server.Stores;
import dev.anabranch.storage.Storage;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Copies a database while it is in use.
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description =
        "Copies the database into one file, tokens included; the server may go on serving. The file"
            + " appears only when it is whole.",
    footer = {
      "",
      "Examples:",
      "  anabranch backup --data ./anabranch-data monday.anabranch",
      "  anabranch backup monday.anabranch \\",
      "      --database postgresql://anabranch@localhost/anabranch"
    })
public final class BackupCommand implements Callable<Integer> {

  @Mixin private StoreOptions place = new StoreOptions();

  @Mixin private Summary summary = new Summary();

  @Parameters(index = "0", paramLabel = "FILE", description = "A file that is not there yet.")
  private @Nullable Path file;

  private final Surroundings surroundings;

  /// A command of these surroundings.
  public BackupCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (file != null) {
      Storage.backup(Stores.existing(place.configuration(surroundings)), file);
      summary.tell(
          surroundings.output(),
          "backed up to " + file,
          JsonObject.EMPTY.with("file", file.toString()));
    }
    return 0;
  }
}
