package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.TestPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a newer program wrote may mean something else: this one does not touch it, and says so.
class NewerTablesTest {

  @TempDir Path folder;

  @Test
  void aFolderOfANewerProgramIsNotOpened() throws SQLException {
    StorageConfiguration newer = StorageConfiguration.folder(folder);
    Storage.open(newer).close();
    raise("jdbc:sqlite:" + folder.resolve("anabranch.db"), "1");
    refused(newer);
  }

  @Test
  void norIsSuchAPostgresDatabase() throws SQLException {
    String address = TestPostgres.freshDatabase();
    StorageConfiguration newer = StorageConfiguration.parse(address, "");
    Storage.open(newer).close();
    raise(address, "true");
    refused(newer);
  }

  @Test
  void aBackupOfAnotherProgramIsNotCopiedIntoPostgres() throws SQLException {
    Path file = folder.resolve("backup.db");
    StorageConfiguration source = StorageConfiguration.folder(folder.resolve("data"));
    Storage.open(source).close();
    Storage.backup(source, file);
    raise("jdbc:sqlite:" + file, "1");
    StorageConfiguration target = StorageConfiguration.parse(TestPostgres.freshDatabase(), "");
    StoreFailure failure =
        catchThrowableOfType(
            StoreFailure.class, () -> Storage.restore(file, target, new Random(1)));
    assertThat(failure).hasMessageContaining("another version of this program");
  }

  private static void refused(StorageConfiguration newer) {
    StoreFailure failure = catchThrowableOfType(StoreFailure.class, () -> Storage.open(newer));
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.BROKEN);
    assertThat(failure).hasMessageContaining("newer version").hasMessageContaining("9999");
  }

  private static void raise(String url, String yes) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into flyway_schema_history (installed_rank, version, description, type, script,"
              + " installed_by, execution_time, success) values (1000, '9999', 'later', 'SQL',"
              + " 'V9999__later.sql', 'somebody', 1, "
              + yes
              + ")");
    }
  }
}
