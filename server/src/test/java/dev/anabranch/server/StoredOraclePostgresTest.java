package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestPostgres;

/// The oracle over PostgreSQL.
class StoredOraclePostgresTest extends StoredOracleContract {

  private final StorageConfiguration configuration =
      StorageConfiguration.parse(TestPostgres.freshDatabase(), "");

  @Override
  StoreOpener store() {
    return () -> Storage.open(configuration);
  }

  /// A round trip for each: a tenth of the server's tests would go by with all of them.
  @Override
  int requestsARound() {
    return 150;
  }
}
