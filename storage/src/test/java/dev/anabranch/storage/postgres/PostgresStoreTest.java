package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.StoreContract;
import dev.anabranch.testkit.TestPostgres;
import java.util.Random;

/// PostgreSQL sits the stores' exam.
class PostgresStoreTest extends StoreContract {

  private final StorageConfiguration configuration =
      StorageConfiguration.parse(TestPostgres.freshDatabase(), "");

  @Override
  protected Store open() {
    return Storage.open(configuration);
  }

  @Override
  protected void restore() {
    Storage.beginEpoch(configuration, new Random(1));
  }
}
