package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.MarksContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// SQLite sits the exam about marked changes while a few of them at a time wait to be sorted into
/// the indexes.
class FewWaitingMarksTest extends MarksContract {

  @TempDir Path folder;

  @Override
  protected Store open() {
    return SqliteStore.open(folder, 4, 1 << 20, new SqliteMarks(7, 500));
  }

  @Override
  protected boolean isSliced() {
    return true;
  }
}
