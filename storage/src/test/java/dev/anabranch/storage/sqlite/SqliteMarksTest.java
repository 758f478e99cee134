package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.Storage;
import dev.anabranch.storage.StorageConfiguration;
import dev.anabranch.testkit.MarksContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// SQLite sits the exam about marked changes.
class SqliteMarksTest extends MarksContract {

  @TempDir Path folder;

  @Override
  protected Store open() {
    return Storage.open(StorageConfiguration.folder(folder));
  }

  @Override
  protected boolean isSliced() {
    return true;
  }
}
