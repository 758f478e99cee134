package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Quotas over SQLite.
class QuotasSqliteTest extends QuotasContract {

  @TempDir Path folder;

  @Override
  StoreOpener store() {
    return () -> Storage.open(StorageConfiguration.folder(folder));
  }
}
