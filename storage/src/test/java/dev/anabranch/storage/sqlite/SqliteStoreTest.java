package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.StoreContract;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/// SQLite sits the stores' exam.
class SqliteStoreTest extends StoreContract {

  @TempDir Path folder;

  @Override
  protected Store open() {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  @Override
  protected void restore() {
    Storage.beginEpoch(StorageConfiguration.folder(folder), new Random(1));
  }
}
