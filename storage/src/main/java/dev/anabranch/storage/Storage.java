package dev.anabranch.storage;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.postgres.PostgresStore;
import dev.anabranch.storage.sqlite.SqliteStore;

/// The front door: opens stores.
public final class Storage {

  private Storage() {}

  /// Opens a database for writing, and brings its tables up to date.
  ///
  /// @throws dev.anabranch.kernel.store.StoreFailure `LOCKED` when somebody else owns it, and
  ///   whatever else keeps it from being opened
  public static Store open(StorageConfiguration configuration) {
    return switch (configuration.place()) {
      case Place.Folder(var path) ->
          SqliteStore.open(path, configuration.readersMax(), configuration.cacheBytesMax());
      case Place.Postgres postgres ->
          PostgresStore.open(postgres, configuration.readersMax(), configuration.cacheBytesMax());
    };
  }

  /// Begins the next epoch in a database that was brought back from a backup and is not open: its
  /// ids go on at epoch × 2⁴⁰, and cursors given after the backup are told to refetch.
  ///
  /// @return the new epoch
  public static long beginEpoch(StorageConfiguration configuration) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.beginEpoch(path);
      case Place.Postgres postgres -> PostgresStore.beginEpoch(postgres);
    };
  }
}
