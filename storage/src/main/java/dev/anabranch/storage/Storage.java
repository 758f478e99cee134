package dev.anabranch.storage;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Marking;
import dev.anabranch.kernel.store.Credentials;
import dev.anabranch.kernel.store.LogEnd;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.storage.postgres.PostgresStore;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.storage.sql.Remarking;
import dev.anabranch.storage.sql.Reopening;
import dev.anabranch.storage.sqlite.SqliteFile;
import dev.anabranch.storage.sqlite.SqliteStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The front door: opens stores, backs them up and brings them back.
public final class Storage {

  private Storage() {}

  /// Opens a database for writing, and brings its tables up to date.
  ///
  /// @throws dev.anabranch.kernel.store.StoreFailure `LOCKED` when somebody else owns it, and
  ///   whatever else keeps it from being opened; `BROKEN` when an import did not finish
  public static Store open(StorageConfiguration configuration) {
    return open(configuration, null);
  }

  /// Likewise, after this process lost it: a database that no longer has what was written to it
  /// begins the next epoch.
  ///
  /// @param end where the log ended when it was lost
  /// @param random where the next epoch's ids begin, as in [#beginEpoch]
  public static Store openAgain(
      StorageConfiguration configuration, LogEnd end, RandomGenerator random) {
    return open(configuration, new Reopening(end, random));
  }

  private static Store open(StorageConfiguration configuration, @Nullable Reopening reopening) {
    Store store = openAnyway(configuration, reopening);
    try {
      Epochs.refuseUnfinished(store.epoch());
      return store;
    } catch (StoreFailure unfinished) {
      store.close();
      throw unfinished;
    }
  }

  private static Store openAnyway(
      StorageConfiguration configuration, @Nullable Reopening reopening) {
    int readersMax = configuration.readersMax();
    long cacheBytesMax = configuration.cacheBytesMax();
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.open(path, readersMax, cacheBytesMax, reopening);
      case Place.Postgres(var address) ->
          PostgresStore.open(address, readersMax, cacheBytesMax, reopening);
    };
  }

  /// Begins the next epoch in a database that was brought back from a backup and is not open: its
  /// ids go on behind epoch × 2⁴⁰, and cursors given after the backup are told to refetch.
  ///
  /// @param random where its ids begin, so that two histories that go on from one backup share none
  /// @return the new epoch
  public static long beginEpoch(StorageConfiguration configuration, RandomGenerator random) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.beginEpoch(path, random);
      case Place.Postgres(var address) -> PostgresStore.beginEpoch(address, random);
    };
  }

  /// Which history a database holds. It may be in use.
  public static Epochs epochs(StorageConfiguration configuration) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.epochs(path);
      case Place.Postgres(var address) -> PostgresStore.epochs(address);
    };
  }

  /// Lays another database's log into a new one and begins the next epoch there. What breaks off on
  /// the way leaves a database that every door refuses, and says what to do.
  ///
  /// @param before the other one's epochs: its cursors mean here what they meant there
  /// @param random where the new epoch's ids begin, as in [#beginEpoch]
  /// @param filling lays the log into the store
  /// @return the new epoch
  public static long fill(
      StorageConfiguration configuration,
      Epochs before,
      RandomGenerator random,
      Consumer<Store> filling) {
    switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.beginFilling(path);
      case Place.Postgres(var address) -> PostgresStore.beginFilling(address);
    }
    try (Store store = openAnyway(configuration, null)) {
      filling.accept(store);
    }
    return beginEpochAfter(before, configuration, random);
  }

  private static long beginEpochAfter(
      Epochs before, StorageConfiguration configuration, RandomGenerator random) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.beginEpochAfter(before, path, random);
      case Place.Postgres(var address) -> PostgresStore.beginEpochAfter(before, address, random);
    };
  }

  /// Makes a backup: one SQLite file with everything in it, also from PostgreSQL. The database may
  /// be in use; the backup holds what was durable when it began.
  ///
  /// @param file a new file, which appears only when it is whole
  public static void backup(StorageConfiguration configuration, Path file) {
    SqliteFile backup = new SqliteFile(file);
    switch (configuration.place()) {
      case Place.Folder(var path) -> backup.copyOf(path);
      case Place.Postgres(var address) -> PostgresStore.backUp(address, backup);
    }
  }

  /// Brings a backup back into an empty folder or database of either kind, and begins the next
  /// epoch there.
  ///
  /// @param file what [#backup] made
  /// @param random where the new epoch's ids begin, as in [#beginEpoch]
  /// @return the new epoch
  public static long restore(
      Path file, StorageConfiguration configuration, RandomGenerator random) {
    SqliteFile backup = new SqliteFile(file);
    return switch (configuration.place()) {
      case Place.Folder(var path) -> backup.restoreTo(path, random);
      case Place.Postgres(var address) -> PostgresStore.restore(backup, address, random);
    };
  }

  /// Whether marks that [#restore] brings there are not found by their words before [#reindex]:
  /// only a backup of a data folder has the words, and only a data folder can use them.
  ///
  /// @param file what [#backup] made
  public static boolean losesWords(Path file, StorageConfiguration configuration) {
    return configuration.place() instanceof Place.Postgres || new SqliteFile(file).lacksWords();
  }

  /// Makes anew that in which marked changes are found, from the originals in the log; nobody has
  /// the database open.
  ///
  /// @param markings of each model that has any
  /// @param listener hears how far it has come
  /// @return how many are found
  public static long reindex(
      StorageConfiguration configuration,
      Function<ModelName, @Nullable Marking> markings,
      Remarking.Listener listener) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.reindex(path, markings, listener);
      case Place.Postgres(var address) -> PostgresStore.reindex(address, markings, listener);
    };
  }

  /// What is wrong with the files of a data folder, page by page; empty when nothing, and always
  /// for PostgreSQL, whose own tools say it.
  public static List<String> damage(StorageConfiguration configuration) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.file(path).damage();
      case Place.Postgres ignored -> List.of();
    };
  }

  /// Does something with the credentials of a database beside its owner, which may be running: the
  /// way of the command line. The database must be there.
  public static <T> T withCredentials(
      StorageConfiguration configuration, Function<Credentials, T> work) {
    return switch (configuration.place()) {
      case Place.Folder(var path) -> SqliteStore.withCredentials(path, work);
      case Place.Postgres(var address) -> PostgresStore.withCredentials(address, work);
    };
  }
}
