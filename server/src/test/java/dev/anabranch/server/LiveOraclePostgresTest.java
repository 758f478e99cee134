package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.TestPostgres;

/// Live subscriptions over PostgreSQL.
class LiveOraclePostgresTest extends LiveOracleContract {

  private final StorageConfiguration configuration =
      StorageConfiguration.parse(TestPostgres.freshDatabase(), "");

  @Override
  StoreOpener store() {
    return () -> Storage.open(configuration);
  }

  /// Each event is a commit of its own, and waited for.
  @Override
  int rounds() {
    return 18;
  }
}
