package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.store.Store;
import dev.anabranch.storage.sql.Epochs;
import dev.anabranch.testkit.StoreContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest extends StoreContract {

  @TempDir Path folder;

  @Override
  protected Store open() {
    return SqliteStore.open(folder);
  }

  @Override
  protected void restore() {
    try (Connection connection = SqliteConnections.writer(folder.resolve(SqliteStore.FILE))) {
      Epochs.begin(connection);
      connection.commit();
    } catch (SQLException exception) {
      throw new IllegalStateException(exception);
    }
  }
}
