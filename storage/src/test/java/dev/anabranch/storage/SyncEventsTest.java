package dev.anabranch.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.Write;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.Store;
import dev.anabranch.testkit.TestModels;
import dev.anabranch.testkit.TestPostgres;
import dev.anabranch.testkit.TestWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Seed 002's table can be read with plain SQL while the store is open.
class SyncEventsTest {

  @TempDir Path folder;

  @Test
  void readsTheViewOfASqliteFile() throws SQLException {
    try (Store store = Storage.open(StorageConfiguration.folder(folder))) {
      write(store);
      String url = "jdbc:sqlite:" + folder.resolve("anabranch.db");
      assertThat(rows(url, "select id, scope, model, model_id, action, data, created_at"))
          .containsExactly(
              "1|org:1|note|a|insert|{\"n\":1}|2023-11-14T22:13:20.000Z",
              "2|org:1|note|a|delete|null|2023-11-14T22:13:20.000Z");
    }
  }

  @Test
  void readsTheViewOfAPostgresDatabase() throws SQLException {
    String url = TestPostgres.freshDatabase();
    try (Store store = Storage.open(StorageConfiguration.parse(url, ""))) {
      write(store);
      String select =
          "select id, scope, model, model_id, action, data ->> 'n', extract(epoch from"
              + " created_at)::bigint";
      assertThat(rows(url, select))
          .containsExactly(
              "1|org:1|note|a|insert|1|1700000000", "2|org:1|note|a|delete|null|1700000000");
    }
  }

  private static void write(Store store) {
    EntityKey key = new EntityKey(new ScopeName("org:1"), TestModels.NOTE, new EntityId("a"));
    TestWriter writer = new TestWriter(store);
    writer.apply(Write.insert(new WriteKey("1"), key, JsonObject.EMPTY.with("n", 1)));
    writer.apply(Write.delete(new WriteKey("2"), key));
  }

  private static List<String> rows(String url, String select) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        ResultSet row =
            connection.createStatement().executeQuery(select + " from sync_events order by id")) {
      while (row.next()) {
        List<String> columns = new ArrayList<>();
        for (int column = 1; column <= 7; column++) {
          columns.add(String.valueOf(row.getString(column)));
        }
        rows.add(String.join("|", columns));
      }
    }
    return rows;
  }
}
