package dev.anabranch.storage.postgres;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.MarksContract;
import dev.anabranch.testkit.TestPostgres;

/// PostgreSQL sits the exam about marked changes.
class PostgresMarksTest extends MarksContract {

  private final StorageConfiguration configuration =
      StorageConfiguration.parse(TestPostgres.freshDatabase(), "");

  @Override
  protected Store open() {
    return Storage.open(configuration);
  }

  @Override
  protected boolean isSliced() {
    return true;
  }
}
