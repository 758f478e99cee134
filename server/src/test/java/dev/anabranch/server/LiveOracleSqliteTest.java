package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Live subscriptions over SQLite.
class LiveOracleSqliteTest extends LiveOracleContract {

  @TempDir Path folder;

  @Override
  StoreOpener store() {
    return () -> Storage.open(StorageConfiguration.folder(folder));
  }

  /// Each event is a commit of its own, and waited for.
  @Override
  int rounds() {
    return 18;
  }
}
