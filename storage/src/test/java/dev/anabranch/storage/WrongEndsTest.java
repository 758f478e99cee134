package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables whose end of the log somebody changed are refused with what differs and what to do.
class WrongEndsTest {

  private static final ScopeName SCOPE = new ScopeName("org:ends");

  @TempDir Path folder;

  @Test
  void refusesALogThatGoesOnBehindWhatMetaSays() throws SQLException {
    for (Database each : databases()) {
      write(each);
      each.run("update meta set head_id = 2");
      assertThat(refused(each))
          .hasMessageContaining("the log ends with the id 2, but there is a change with the id 3")
          .hasMessageContaining("update meta set head_id = 3");
    }
  }

  @Test
  void refusesAScopeThatEndsBehindWhatMetaSays() throws SQLException {
    for (Database each : databases()) {
      write(each);
      each.run("update scope set head_id = 7");
      assertThat(refused(each))
          .hasMessageContaining("the log ends with the id 3, but the scope org:ends ends with")
          .hasMessageContaining("update meta set head_id = 7");
    }
  }

  @Test
  void refusesTablesWhoseOneRowIsMissing() throws SQLException {
    for (Database each : databases()) {
      write(each);
      each.run("delete from meta");
      assertThat(refused(each)).hasMessageContaining("the table meta has no row");
    }
    Database postgres = databases().getLast();
    write(postgres);
    postgres.run("delete from lease");
    assertThat(refused(postgres)).hasMessageContaining("the table lease has no row");
  }

  private record Database(StorageConfiguration configuration, String url) {
    void run(String sql) throws SQLException {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }
  }

  private List<Database> databases() {
    String postgres = TestPostgres.freshDatabase();
    return List.of(
        new Database(
            StorageConfiguration.folder(folder), "jdbc:sqlite:" + folder.resolve("anabranch.db")),
        new Database(StorageConfiguration.parse(postgres, ""), postgres));
  }

  private static void write(Database database) {
    try (Store store = Storage.open(database.configuration())) {
      TestWriter writer = new TestWriter(store);
      for (String id : List.of("a", "b", "c")) {
        EntityKey key = new EntityKey(SCOPE, TestModels.NOTE, new EntityId(id));
        writer.apply(Write.insert(new WriteKey(id), key, JsonObject.EMPTY.with("n", 1)));
      }
    }
  }

  private static StoreFailure refused(Database database) {
    StoreFailure failure =
        catchThrowableOfType(
            StoreFailure.class, () -> Storage.open(database.configuration()).close());
    assertThat(failure.kind()).isEqualTo(StoreFailure.Kind.CORRUPT);
    assertThat(failure).hasMessageContaining("restore the last backup");
    return failure;
  }
}
