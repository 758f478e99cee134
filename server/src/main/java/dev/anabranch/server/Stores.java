package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.server.configuration.Configuration;
import dev.anabranch.server.configuration.ConfigurationFailure;
import dev.anabranch.server.configuration.DatabaseSettings;
import dev.anabranch.storage.Place;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/// Opens the database that a configuration names.
public final class Stores {

  private static final String FILE = "anabranch.db";

  private Stores() {}

  /// Opens it, now or again; a data folder that is not there is made.
  public static StoreOpener opener(Configuration configuration) {
    return new Opener(storage(configuration), ServerThreads.unguessable());
  }

  private record Opener(StorageConfiguration storage, RandomGenerator random)
      implements StoreOpener {
    @Override
    public Store open() {
      return Storage.open(storage);
    }

    @Override
    public Store openAgain(LogEnd end) {
      return Storage.openAgain(storage, end, random);
    }
  }

  /// Opens it, if it is there already.
  ///
  /// @throws ConfigurationFailure when it is not
  public static Store openExisting(Configuration configuration) {
    return Storage.open(existing(configuration));
  }

  /// Where it is, if it is there already.
  ///
  /// @throws ConfigurationFailure when it is not
  public static StorageConfiguration existing(Configuration configuration) {
    StorageConfiguration storage = storage(configuration);
    if (storage.place() instanceof Place.Folder(Path folder)
        && !Files.exists(folder.resolve(FILE))) {
      throw new ConfigurationFailure(
          "there is no database in "
              + folder
              + "; name its folder with --data, or a PostgreSQL database with --database");
    }
    return storage;
  }

  /// Where it is, and how it is opened.
  ///
  /// @throws ConfigurationFailure when the address has the wrong shape, or the folder is none
  public static StorageConfiguration storage(Configuration configuration) {
    DatabaseSettings database = configuration.database();
    return new StorageConfiguration(
        place(configuration), database.connections(), database.cacheBytesMax());
  }

  private static Place place(Configuration configuration) {
    DatabaseSettings database = configuration.database();
    if (database.url().isEmpty()) {
      Path folder = configuration.server().data();
      if (Files.exists(folder) && !Files.isDirectory(folder)) {
        throw new ConfigurationFailure(
            folder + " is a file; --data (server.data) is the folder that keeps the database");
      }
      return new Place.Folder(folder);
    }
    try {
      return Place.parse(database.url().get(), database.password());
    } catch (IllegalArgumentException wrong) {
      throw new ConfigurationFailure("[database] url: " + wrong.getMessage(), wrong);
    }
  }
}
