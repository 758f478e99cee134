package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// What the relay keeps over SQLite.
class RelayUpkeepSqliteTest extends RelayUpkeepContract {

  @TempDir Path database;

  @Override
  StoreOpener store() {
    return () -> Storage.open(StorageConfiguration.folder(database));
  }
}
