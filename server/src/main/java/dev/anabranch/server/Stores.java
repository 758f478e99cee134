package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.storage.sqlite.SqliteStore;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens the database that a configuration names.
public final class Stores {

  private Stores() {}

  /// Opens it, now or again; a data folder that is not there is made.
  public static StoreOpener opener(Configuration configuration) {
    return () -> SqliteStore.open(configuration.server().data());
  }

  /// Opens it, if it is there already.
  ///
  /// @throws ConfigurationFailure when it is not
  public static Store openExisting(Configuration configuration) {
    Path file = configuration.server().data().resolve(SqliteStore.FILE);
    if (configuration.database().url().isEmpty() && !Files.exists(file)) {
      throw new ConfigurationFailure(
          "there is no database in "
              + configuration.server().data()
              + "; name its folder with --data, or a PostgreSQL database with --database");
    }
    return opener(configuration).open();
  }
}
