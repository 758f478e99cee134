package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestPostgres;

/// What the relay keeps over PostgreSQL.
class RelayUpkeepPostgresTest extends RelayUpkeepContract {

  private final StorageConfiguration configuration =
      StorageConfiguration.parse(TestPostgres.freshDatabase(), "");

  @Override
  StoreOpener store() {
    return () -> Storage.open(configuration);
  }
}
