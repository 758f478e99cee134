package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestPostgres;

/// Quotas over PostgreSQL.
class QuotasPostgresTest extends QuotasContract {

  private final StorageConfiguration configuration =
      StorageConfiguration.parse(TestPostgres.freshDatabase(), "");

  @Override
  StoreOpener store() {
    return () -> Storage.open(configuration);
  }
}
