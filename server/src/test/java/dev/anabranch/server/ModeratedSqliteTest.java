package dev.anabranch.server;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// Moderation over SQLite.
class ModeratedSqliteTest extends ModeratedRelayContract {

  @TempDir Path folder;

  @Override
  StoreOpener store() {
    return () -> Storage.open(StorageConfiguration.folder(folder));
  }
}
